#!/usr/bin/python3
"""Measures what a checkpoint within an epoch costs a round, on one machine.

Executors are processes with one core (local-cluster), and every second round has a checkpoint. Printed are medians of
rounds.jsonl, the first two rounds left out, of the rounds behind a round without checkpoint and of those behind one with:
steps, averaging, waiting for a checkpoint, all of that, and the mean processor time of all processes for any round. With
several class paths, of builds that are to be compared, they run in turn.

    benchmarks/checkpoint-cost.py --workers 1 --frequency 4 --rounds 12 FOLDER
    benchmarks/checkpoint-cost.py --workers 2 --frequency 4 --rounds 12 --delay 1 --every 50 FOLDER
"""

import argparse
import os
import shutil
import statistics
from pathlib import Path

from averaging import shards, train


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where images, shards and models are written")
    parser.add_argument("--preset", default="15M")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--frequency", type=int, default=16, help="steps of a round (default: 16)")
    parser.add_argument("--rounds", type=int, default=12, help="measured rounds of each run (default: 12)")
    parser.add_argument("--turns", type=int, default=1, help="runs of each build (default: 1)")
    parser.add_argument("--every", type=int, default=2, help="rounds from a checkpoint to the next one (default: 2)")
    parser.add_argument("--delay", type=int, default=0, help="averaging.delay (default: 0)")
    parser.add_argument("--builds", nargs="*", default=[""], metavar="CLASSPATH", help="default: what the launcher has built")
    options = parser.parse_args()
    folder = options.folder / "checkpoint-cost"
    further = {
        "averaging.frequency": options.frequency,
        "averaging.delay": options.delay,
        "checkpoint.every-rounds": options.every,
    }
    found = {build: [] for build in options.builds}
    try:
        shards(folder)
        for _ in range(options.turns):
            for build in options.builds:
                if build:
                    os.environ["SPIKEFORMER_CLASSPATH"] = build
                lines = train(folder, options.preset, options.workers, options.rounds, 3072, further=further)
                found[build] += [(line["round"], line["seconds"]) for line in lines]
        print("build,behind,steps s,averaging s,waiting s,round s,processors s")
        for number, build in enumerate(options.builds):
            for name in ("a round", "a checkpoint"):
                chosen = [
                    seconds
                    for place, seconds in found[build]
                    if (place % options.every == 1) == (name == "a checkpoint")
                ]
                if chosen:
                    values = [
                        statistics.median(seconds["compute"] + seconds["data"] for seconds in chosen),
                        statistics.median(seconds["averaging"] for seconds in chosen),
                        statistics.median(seconds["checkpoint"] for seconds in chosen),
                        statistics.median(map(total, chosen)),
                        statistics.mean(seconds["processors"] for seconds in chosen),
                    ]
                    print(number + 1, name, *(f"{value:.2f}" for value in values), sep=",")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def total(seconds):
    return seconds["compute"] + seconds["data"] + seconds["averaging"] + seconds["checkpoint"]


if __name__ == "__main__":
    main()
