#!/usr/bin/python3
"""Measures what a round costs outside the local steps, for models and numbers of workers, on one machine.

Executors are processes with one core (local-cluster); a local step is one small image, so that nearly all of a round is
averaging. Printed are lines for benchmarks/scaling-points.csv: medians of `seconds.averaging` of rounds.jsonl; the first
rounds are left out. Needs Pillow and NumPy.

    benchmarks/averaging-cost.py --cases 15M:1,15M:2,15M:4,55M:1,55M:2 FOLDER
    benchmarks/averaging-cost.py --cases tiny:8 --memory 600 --left-out 4 --rounds 6 FOLDER
"""

import argparse
import os
import shutil
import statistics
from pathlib import Path

from averaging import CLASSES, LEFT_OUT, VECTORS, parameters, shards, train


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where images, shards and models are written")
    parser.add_argument("--cases", default="15M:1,15M:2,15M:4,55M:1,55M:2", help="PRESET:WORKERS,...")
    parser.add_argument("--rounds", type=int, default=6, help="measured rounds of each (default: 6)")
    parser.add_argument(
        "--left-out", type=int, default=LEFT_OUT, help=f"rounds of each before those (default: {LEFT_OUT})"
    )
    parser.add_argument("--memory", type=int, default=3072, help="MiB of an executor's heap (default: 3072)")
    options = parser.parse_args()
    folder = options.folder / "averaging-cost"
    cores = len(os.sched_getaffinity(0))
    cases = [(preset, int(workers)) for preset, workers in (case.split(":") for case in options.cases.split(","))]
    most = max(workers for _, workers in cases)
    images = max(CLASSES, most * (options.left_out + options.rounds + 1))
    try:
        shards(folder, images, max(8, most))
        print("workers,megabytes,cores,seconds,megabits")
        for preset, workers in cases:
            rounds = train(folder, preset, workers, options.rounds, options.memory, left_out=options.left_out)
            seconds = statistics.median(line["seconds"]["averaging"] for line in rounds)
            megabytes = parameters(preset) * VECTORS * 4 / 1e6
            print(f"{workers},{megabytes:.0f},{cores},{seconds:.2f},", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
