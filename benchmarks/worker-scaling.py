#!/usr/bin/env python3
"""Trains the tiny preset with one and with two workers of one core each, in turn.

A run has as many cores as workers, so that compilers and collectors of a single worker do not use the second core. Both
have the same batch for each worker and average every K steps. The speed of a run is that of its last rounds, averaging
and reading included, checkpoints not; printed are the medians of the turns and the median of their ratios.

    benchmarks/worker-scaling.py --turns 3 SHARDS FOLDER

SHARDS are the training shards of `benchmarks/cifar10.sh ... prepare`.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from datajobs import ROOT, environment, java


def first_rounds(command, file, log, count):
    """So many rounds of a training, which is stopped after them."""
    with open(log, "w") as output:
        process = subprocess.Popen(command, env=environment(), stdout=output, stderr=output, start_new_session=True)
    try:
        while process.poll() is None and not (file.exists() and len(file.read_text().splitlines()) >= count):
            time.sleep(0.2)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    lines = file.read_text().splitlines() if file.exists() else []
    if len(lines) < count:
        sys.exit(log.read_text()[-2000:])
    return [json.loads(line) for line in lines[:count]]


def speed(shards, folder, workers, options):
    """Images per second of a training's last rounds."""
    output = folder / "out"
    shutil.rmtree(output, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "data.batch-size": options.batch,
        "averaging.frequency": options.frequency,
        "model.precision": options.precision,
        "schedule.epochs": 1,
        "schedule.warm-up-epochs": 0.5,
    }
    cores = sorted(os.sched_getaffinity(0))[:workers]
    command = ["taskset", "-c", ",".join(map(str, cores)), *java("4g", f"-Dspark.local.dir={folder / 'local'}")]
    command += ["io.spikeformer.jobs.Main", "train", "--recipe", ROOT / "conf/recipes/cifar10-tiny-t1.yaml"]
    command += ["--train", shards, "--output", output, "--workers", str(workers), "--threads", "1"]
    command += ["--master", f"local[{workers}]"]
    for key, value in settings.items():
        command += ["--set", f"{key}={value}"]
    rounds = first_rounds(command, output / "rounds.jsonl", folder / "log", options.rounds)
    rounds = rounds[len(rounds) // 2 :]  # the first half is for the compiler
    seconds = sum(line["seconds"][kind] for line in rounds for kind in ("compute", "data", "averaging"))
    return sum(line["samples"] for line in rounds) / seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shards", type=Path, metavar="SHARDS", help="training shards of CIFAR-10")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the trainings write")
    parser.add_argument("--turns", type=int, default=3, help="trainings with each number of workers (default: 3)")
    parser.add_argument("--rounds", type=int, default=14, help="rounds of a training, the second half counts (default: 14)")
    parser.add_argument("--batch", type=int, default=64, help="images of a worker's minibatch (default: 64)")
    parser.add_argument("--frequency", type=int, default=16, help="k, steps of a round (default: 16)")
    parser.add_argument("--precision", default="float32", help="float32 (default) or bfloat16")
    options = parser.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        parser.error("expected at least two cores, found one: two workers cannot be measured here")
    folder = options.folder / "worker-scaling"
    speeds = {1: [], 2: []}
    try:
        for _ in range(options.turns):
            for workers, found in speeds.items():
                found.append(speed(options.shards, folder, workers, options))
            print(f"1 worker {speeds[1][-1]:.0f} images/s, 2 workers {speeds[2][-1]:.0f}: {speeds[2][-1] / speeds[1][-1]:.2f} x", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ratio = statistics.median(two / one for one, two in zip(speeds[1], speeds[2]))
    one, two = (statistics.median(speeds[workers]) for workers in (1, 2))
    print(f"medians: 1 worker {one:.0f} images/s, 2 workers {two:.0f}; ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
