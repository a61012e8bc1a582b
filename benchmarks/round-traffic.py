#!/usr/bin/python3
"""Measures the bytes that each host sends and receives in a round, and what a round costs outside the local steps.

The hosts are network namespaces of benchmarks/hosts with a standalone Spark across them, one worker on each; a local step is
one small image. Printed are means over the rounds after the first three for the bytes, medians for the seconds. Needs root,
iproute2, Pillow, NumPy, SPARK_HOME with a Spark distribution, and the job jar (mvn -B -DskipTests package).

    benchmarks/round-traffic.py --cases 15M:2,15M:4,15M:8,55M:2 --rate 1gbit FOLDER
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

from averaging import VECTORS, parameters, settings, shards
from datajobs import ROOT

HOSTS = ROOT / "benchmarks/hosts"
LEFT_OUT = 3


def hosts(*words, **options):
    return subprocess.run([HOSTS, *map(str, words)], check=True, text=True, **options)


def counters():
    """Bytes that each host has sent and received since it began."""
    lines = hosts("bytes", stdout=subprocess.PIPE).stdout.split("\n")
    return {host: (int(sent), int(received)) for host, sent, received in (line.split() for line in lines if line)}


def submit(folder, jar, preset, workers, memory):
    """A training that goes on until it is ended."""
    recipe = folder / "recipe.yaml"
    recipe.write_text("seed: 1\n")
    defaults = folder / "defaults.conf"
    heap = f"spark.executor.memory {memory}m\nspark.driver.memory 1500m\n"
    defaults.write_text((ROOT / "conf/spark-defaults.conf").read_text() + "\n" + heap)
    command = [HOSTS, "submit", folder, "--properties-file", defaults, "--class", "io.spikeformer.jobs.Main", jar]
    command += ["train", "--recipe", recipe, "--train", folder / "shards/train", "--output", folder / "out", "--threads", "1"]
    for key, value in settings(preset, workers).items():
        command += ["--set", f"{key}={value}"]
    return subprocess.Popen(command, stdout=open(folder / "log", "w"), stderr=subprocess.STDOUT)


def measure(folder, jar, preset, workers, rounds, rate, memory):
    """Counters after each round, and the rounds as rounds.jsonl has them."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    hosts("up", workers)
    try:
        hosts("rate", rate)
        hosts("start", folder / "cluster", 1, f"{memory + 600}m")
        process = submit(folder, jar, preset, workers, memory)
        file = folder / "out/rounds.jsonl"
        seen = {}
        while process.poll() is None and max(seen, default=0) < rounds + LEFT_OUT:
            time.sleep(0.1)
            finished = len(file.read_text().splitlines()) if file.exists() else 0
            if finished and finished not in seen:
                seen[finished] = counters()
    finally:
        hosts("down")
    if max(seen, default=0) < rounds + LEFT_OUT:
        raise SystemExit((folder / "log").read_text()[-2000:])
    return seen, [json.loads(line) for line in file.read_text().splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where images, shards and models are written")
    parser.add_argument("--cases", default="15M:2,15M:4", help="PRESET:WORKERS,... (default: 15M:2,15M:4)")
    parser.add_argument("--rate", default="unlimited", help="bandwidth of every cable: 1gbit, 100mbit (default: unlimited)")
    parser.add_argument("--rounds", type=int, default=12, help="measured rounds of each (default: 12)")
    parser.add_argument("--memory", type=int, default=900, help="MiB of an executor's heap (default: 900)")
    parser.add_argument("--jar", type=Path, default=ROOT / "jobs/target/spikeformer-jobs.jar", help="the job jar")
    options = parser.parse_args()
    folder = (options.folder / "round-traffic").resolve()
    try:
        shards(folder)
        print("| preset | hosts | state MB | ring MB | worker out MB | worker in MB | driver out MB | driver in MB | averaging s |")
        print("|---|---|---|---|---|---|---|---|---|")
        for case in options.cases.split(","):
            preset, count = case.split(":")
            workers = int(count)
            seen, rounds = measure(
                folder, options.jar.resolve(), preset, workers, options.rounds, options.rate, options.memory
            )
            first, last = min(k for k in seen if k >= LEFT_OUT), max(seen)
            a_round = {
                host: [(seen[last][host][way] - seen[first][host][way]) / (last - first) / 1e6 for way in (0, 1)]
                for host in seen[last]
            }
            state = parameters(preset) * VECTORS * 4 / 1e6
            named = [traffic for host, traffic in a_round.items() if host.startswith("w")]
            out, into = (f"{min(t[way] for t in named):.0f} to {max(t[way] for t in named):.0f}" for way in (0, 1))
            seconds = statistics.median(line["seconds"]["averaging"] for line in rounds[LEFT_OUT:])
            driver = " | ".join(f"{megabytes:.0f}" for megabytes in a_round["driver"])
            ring = 2 * (workers - 1) / workers * state
            print(
                f"| {preset} | {workers} | {state:.0f} | {ring:.0f} | {out} | {into} | {driver} | {seconds:.2f} |",
                flush=True,
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
