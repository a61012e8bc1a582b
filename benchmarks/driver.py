#!/usr/bin/python3
"""Measures the heap and the processor time that a training's driver takes with several numbers of workers.

Workers run in waves on a few executors with one core (local-cluster, averaging.elastic), so that many of them fit into
one machine; what the driver sends and receives is the same. Read from the driver's log of collections: the largest heap
before and after one. Processor time is the driver process's for one round, all its threads. Needs Pillow and NumPy.

    benchmarks/driver.py --preset 55M --workers 2,8 --every-rounds 2 FOLDER
    benchmarks/driver.py --preset tiny --workers 8,32,128 --memory 1024 --left-out 12 --rounds 12 FOLDER
"""

import argparse
import shutil
import statistics
from pathlib import Path

from averaging import CLASSES, LEFT_OUT, heaps, shards, train


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where images, shards and models are written")
    parser.add_argument("--preset", default="55M", help="model (default: 55M)")
    parser.add_argument("--workers", default="2,8", help="numbers of workers (default: 2,8)")
    parser.add_argument("--executors", type=int, default=2, help="executors (default: 2)")
    parser.add_argument("--rounds", type=int, default=4, help="measured rounds of each (default: 4)")
    parser.add_argument(
        "--left-out", type=int, default=LEFT_OUT, help=f"rounds of each before those (default: {LEFT_OUT})"
    )
    parser.add_argument("--heap", default="3g", help="most heap of the driver (default: 3g)")
    parser.add_argument(
        "--every-rounds", type=int, default=50, help="rounds between checkpoints, each a state on the driver (default: 50)"
    )
    parser.add_argument("--memory", type=int, default=3072, help="MiB of an executor's heap (default: 3072)")
    options = parser.parse_args()
    folder = options.folder / "driver"
    numbers = [int(number) for number in options.workers.split(",")]
    images = max(CLASSES, max(numbers) * (options.left_out + options.rounds + 1))
    try:
        shards(folder, images, max(8, *numbers))
        print("| workers | round outside the local steps, s | driver's processor, s | heap, MiB | after a collection |")
        print("|---|---|---|---|---|")
        for workers in numbers:
            file = folder / "gc.log"
            file.unlink(missing_ok=True)
            log = f"-Xlog:gc:file={file}:none:filecount=0"
            sizes = (options.preset, workers, options.rounds, options.memory, options.heap)
            further = {"checkpoint.every-rounds": options.every_rounds}
            rounds = train(folder, *sizes, log, left_out=options.left_out, executors=options.executors, further=further)
            seconds = statistics.median(line["seconds"]["averaging"] for line in rounds)
            driver = rounds[0]["seconds"]["driver"]
            found = heaps(file)
            print(f"| {workers} | {seconds:.2f} | {driver:.2f} | {found['heap']} | {found['live']} |", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
