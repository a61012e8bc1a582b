#!/usr/bin/python3
"""Converts generated photographs with one and with two executors, and ever more of them with the same executors.

Executors are processes with one core and 1 GB each (local-cluster), and see one core, as in a container: else two of
them would choose another collector than one. A run has as many cores as executors, so that compilers and collectors of
a single executor do not work on the second core. Of every conversion the seconds are
counted from the start of the first task to the end of the last; medians of the rounds. Needs Pillow and NumPy.

    benchmarks/data-scaling.py --images 16000 --rounds 3 --sizes 1000,10000,100000 FOLDER
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
from pathlib import Path

from datajobs import class_folders, environment, prepare


def convert(folder, count, executors):
    """Seconds of one conversion of everything under FOLDER."""
    output = folder / "out"
    shutil.rmtree(output, ignore_errors=True)
    events = folder / "events"
    shutil.rmtree(events, ignore_errors=True)
    events.mkdir()
    master = f"local-cluster[{executors},1,1024]"
    command = prepare("1g", folder / "local", folder / "train", output, 32, "--short-side", "256", "--master", master)
    cores = sorted(os.sched_getaffinity(0))[:executors]
    command = ["taskset", "-c", ",".join(map(str, cores)), *command]
    options = next(i for i, word in enumerate(command) if word.startswith("-Dspark.executor.extraJavaOptions="))
    command[options] += " -XX:ActiveProcessorCount=1"
    at = command.index("-cp")
    command[at:at] = ["-Dspark.eventLog.enabled=true", f"-Dspark.eventLog.dir=file:{events}"]
    done = subprocess.run(command, check=True, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    accepted = json.loads(done.stdout.splitlines()[-1])["accepted"]
    if accepted != count:
        raise SystemExit(f"error: expected {count} samples, found {accepted}")
    begin, end = float("inf"), 0
    for line in next(events.iterdir()).read_text().splitlines():
        event = json.loads(line)
        if event["Event"] == "SparkListenerTaskEnd":
            begin = min(begin, event["Task Info"]["Launch Time"])
            end = max(end, event["Task Info"]["Finish Time"])
    return (end - begin) / 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where images and shards are written")
    parser.add_argument("--images", type=int, default=16000, help="images for one and two executors (default: 16000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of one and two executors (default: 3)")
    parser.add_argument("--sizes", default="1000,10000,100000", help="numbers of images (default: 1000,10000,100000)")
    parser.add_argument("--executors", type=int, default=2, help="executors for the sizes (default: 2)")
    options = parser.parse_args()
    folder = options.folder / "data-scaling"
    try:
        if options.rounds:
            class_folders(folder, options.images)
            seconds = {1: [], 2: []}
            for _ in range(options.rounds):
                for executors in seconds:
                    seconds[executors].append(convert(folder, options.images, executors))
            one, two = (statistics.median(seconds[executors]) for executors in (1, 2))
            print(f"{options.images} images: 1 executor {one:.1f} s, 2 executors {two:.1f} s, {one / two:.2f} x")
        for size in filter(None, options.sizes.split(",")):
            shutil.rmtree(folder, ignore_errors=True)
            class_folders(folder, int(size))
            took = convert(folder, int(size), options.executors)
            print(f"{size} images, {options.executors} executors: {took:.1f} s, {1000 * took / int(size):.2f} s per 1000", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
