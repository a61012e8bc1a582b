#!/usr/bin/env python3
"""Trains the tiny preset on CIFAR-10 with several numbers of workers and averaging frequencies k: accuracy and time.

Every training sees the same number of images: the workers share a minibatch of 128, and the recipe's learning rate is
multiplied by the square root of their number. Prints a table; a training that is already there is not repeated.
With --steps every training is stopped after so many steps, which takes about a minute each; printed is what an epoch of
rounds of their median would take.

    benchmarks/worker-table.py --epochs 3 TRAIN_SHARDS TEST_SHARDS FOLDER
    benchmarks/worker-table.py --steps 128 TRAIN_SHARDS TEST_SHARDS FOLDER
"""

import argparse
import json
import math
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from datajobs import ROOT, environment, java

BATCH = 128
RATE = 4e-3
LEFT_OUT = 50  # steps in which the JVM compiles


def command(options, workers, frequency, output):
    settings = {
        "data.batch-size": BATCH // workers,
        "averaging.frequency": frequency,
        "model.precision": options.precision,
        "schedule.epochs": options.epochs,
        "schedule.base-rate": RATE * math.sqrt(workers),
    }
    words = [*java("6g", f"-Dspark.local.dir={options.folder / 'local'}"), "io.spikeformer.jobs.Main", "train"]
    words += ["--recipe", ROOT / "conf/recipes/cifar10-tiny-t1.yaml", "--train", options.train]
    words += ["--validation", options.test, "--output", output, "--workers", str(workers)]
    words += ["--threads", "1", "--master", f"local[{workers}]"]
    for key, value in settings.items():
        words += ["--set", f"{key}={value}"]
    return words


def lines(file):
    """The whole lines of a file that may still be written."""
    text = file.read_text() if file.exists() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def epoch_seconds(options, workers, frequency):
    """Seconds of an epoch by the median of some rounds, in all and for averaging, without the first LEFT_OUT steps."""
    output = options.folder / "timed"
    shutil.rmtree(output, ignore_errors=True)
    words = command(options, workers, frequency, output)
    with open(options.folder / "timed.log", "w") as log:
        process = subprocess.Popen(words, env=environment(), stdout=log, stderr=log, start_new_session=True)
    left_out = max(1, LEFT_OUT // frequency)
    wanted = left_out + max(1, options.steps // frequency)
    try:
        while process.poll() is None and len(lines(output / "rounds.jsonl")) < wanted:
            time.sleep(0.2)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    rounds = lines(output / "rounds.jsonl")[left_out:]
    if not rounds:
        sys.exit((options.folder / "timed.log").read_text()[-2000:])
    steps = json.loads((options.train / "_manifest.json").read_text())["accepted"] // BATCH
    averaging = statistics.median(line["seconds"]["averaging"] for line in rounds) * steps / frequency
    kinds = ("compute", "data", "averaging")
    whole = statistics.median(sum(line["seconds"][kind] for kind in kinds) for line in rounds) * steps / frequency
    return whole, averaging


def train(options, workers, frequency):
    """The lines of a training's metrics.jsonl."""
    output = options.folder / f"workers-{workers}-k-{frequency}-epochs-{options.epochs}"
    if not (output / "model.spkf").exists():
        shutil.rmtree(output, ignore_errors=True)
        words = command(options, workers, frequency, output)
        done = subprocess.run(words, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(done.stderr[-2000:])
    return lines(output / "metrics.jsonl")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path, metavar="TRAIN_SHARDS")
    parser.add_argument("test", type=Path, metavar="TEST_SHARDS")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the trainings are kept")
    parser.add_argument("--epochs", type=int, default=3, help="epochs of every training (default: 3)")
    parser.add_argument("--workers", default="1,2,4", help="numbers of workers (default: 1,2,4)")
    parser.add_argument("--frequencies", default="1,16,64", help="averaging frequencies (default: 1,16,64)")
    parser.add_argument("--precision", default="bfloat16", help="float32 or bfloat16 (default)")
    parser.add_argument("--steps", type=int, help="measure the time of so many steps instead")
    options = parser.parse_args()
    if options.steps:
        print("| workers | k | an epoch, s | averaging in it, s |\n|---|---|---|---|")
        for workers in map(int, options.workers.split(",")):
            for frequency in map(int, options.frequencies.split(",")):
                whole, averaging = epoch_seconds(options, workers, frequency)
                print(f"| {workers} | {frequency} | {whole:.0f} | {averaging:.1f} |", flush=True)
        return
    print("| workers | k | loss | test top-1 % | training s | averaging s |\n|---|---|---|---|---|---|")
    for workers in map(int, options.workers.split(",")):
        for frequency in map(int, options.frequencies.split(",")):
            epochs = train(options, workers, frequency)
            compute, averaging = (sum(line["seconds"][kind] for line in epochs) for kind in ("compute", "averaging"))
            last = epochs[-1]
            print(
                f"| {workers} | {frequency} | {last['train-loss']:.4f} | {100 * last['validation']['top1']:.2f} "
                f"| {compute + averaging:.0f} | {averaging:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
