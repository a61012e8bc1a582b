#!/usr/bin/python3
"""Measures a round outside the local steps in turn with DL4J's ParameterAveragingTrainingMaster, on one machine.

Both sides average as many parameters and twice as many moments (LAMB's, Adam's) in every round, over as many executors
with one core (local-cluster), and their local step is one small sample. The local step is the slowest worker's time from
the broadcast state at hand to its result; the rest of the round is what is compared. DL4J's side is a dense layer with
exactly the model's number of parameters, over Kryo, without its count, split, export and repartitioning, and with a
collection of garbage between rounds that is not counted (benchmarks/dl4j). The first rounds of each run, in which
JVMs start and compile, are left out on both sides (--left-out). Needs Maven for DL4J's side, Pillow and NumPy.

    benchmarks/averaging-dl4j.py --preset 55M --workers 4 FOLDER
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
from pathlib import Path

from averaging import LEFT_OUT, VECTORS, heaps, parameters, shards, train
from datajobs import ROOT, environment

PEER = ROOT / "benchmarks/dl4j"
CLOCK = "-Dorg.deeplearning4j.spark.time.TimeSource=org.deeplearning4j.spark.time.SystemClockTimeSource"


def build():
    """The class path of DL4J's side."""
    subprocess.run(
        ["mvn", "-q", "-B", "-f", PEER / "pom.xml", f"-Droot={ROOT}", "process-classes"],
        check=True,
        stdout=sys.stderr,
    )
    return f"{PEER / 'target/classes'}:{(PEER / 'target/dl4j.classpath').read_text().strip()}"


def ours(folder, options, log):
    sizes = (options.preset, options.workers, options.rounds, options.memory, options.heap)
    rounds = train(folder, *sizes, log, left_out=options.left_out)
    return [
        {"local": line["seconds"]["compute"] + line["seconds"]["data"], "outside": line["seconds"]["averaging"]}
        for line in rounds
    ]


def dl4j(folder, options, log, classpath, count):
    found = os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    settings = {
        "master": f"local-cluster[{options.workers},1,{options.peer_memory}]",
        "local.dir": folder / "local",
        "executor.memory": f"{options.peer_memory}m",
        "executor.extraClassPath": classpath,
        "executor.extraJavaOptions": f"@{ROOT / 'conf/jvm.options'} {CLOCK}",
        "executorEnv.OMP_NUM_THREADS": 1,
        "serializer": "org.apache.spark.serializer.KryoSerializer",
        "kryo.registrator": "org.nd4j.kryo.Nd4jRegistrator",
        "kryoserializer.buffer.max": "2047m",
        "driver.maxResultSize": 0,
        "resultGetter.threads": options.result_threads,
        "scheduler.minRegisteredResourcesRatio": 1,
        "ui.enabled": "false",
    }
    command = [found, f"@{ROOT / 'conf/jvm.options'}", f"-Xmx{options.peer_heap}", CLOCK, log]
    command += [f"-Dlog4j2.configurationFile={ROOT / 'conf/log4j2.properties'}"]
    command += [f"-Dspark.{key}={value}" for key, value in settings.items()]
    command += ["-cp", classpath, "io.spikeformer.benchmarks.ParameterAveraging"]
    command += map(str, (options.workers, count, options.left_out + options.rounds, options.depth))
    with open(folder / "peer.log", "w") as errors:
        process = subprocess.Popen(
            command, env=environment(), stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        )
        try:
            lines = [line.split() for line in process.stdout if line.startswith("round ")]
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
    if process.wait() != 0:
        sys.exit(f"error: DL4J's side ended after {len(lines)} rounds\n" + (folder / "peer.log").read_text()[-2000:])
    lines = lines[options.left_out :]
    return [{"local": float(local), "outside": float(total) - float(local)} for _, total, local in lines]


def summary(runs):
    rounds = [round for run in runs for round in run["rounds"]]
    return {
        "round": statistics.median(round["local"] + round["outside"] for round in rounds),
        "local": statistics.median(round["local"] for round in rounds),
        "outside": statistics.median(round["outside"] for round in rounds),
        "heap": max(run["heap"] for run in runs),
        "live": max(run["live"] for run in runs),
        "outsides": [[round["outside"] for round in run["rounds"]] for run in runs],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where images, shards, models and blocks are written")
    parser.add_argument("--preset", default="55M", help="model (default: 55M)")
    parser.add_argument("--workers", type=int, default=4, help="executors (default: 4)")
    parser.add_argument("--rounds", type=int, default=3, help="measured rounds of each run (default: 3)")
    parser.add_argument(
        "--left-out", type=int, default=LEFT_OUT, help=f"rounds of each run before those (default: {LEFT_OUT})"
    )
    parser.add_argument("--turns", type=int, default=1, help="runs of each side (default: 1)")
    parser.add_argument("--heap", default="3g", help="heap of our driver (default: 3g)")
    parser.add_argument("--memory", type=int, default=3072, help="MiB of our executors' heap (default: 3072)")
    parser.add_argument("--peer-heap", default="6g", help="heap of DL4J's driver (default: 6g)")
    parser.add_argument("--peer-memory", type=int, default=3072, help="MiB of its executors' heap (default: 3072)")
    parser.add_argument("--result-threads", type=int, default=4, help="threads of its driver for results (default: 4)")
    parser.add_argument("--depth", type=int, default=2, help="of its aggregation (default: 2)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    folder = options.folder / "averaging-dl4j"
    classpath = build()
    try:
        shards(folder)
        count = parameters(options.preset)
        sides = {"this project": [], "DL4J": []}
        for _ in range(options.turns):
            for side, runs in sides.items():
                file = folder / "gc.log"
                file.unlink(missing_ok=True)
                log = f"-Xlog:gc:file={file}:none:filecount=0"
                rounds = ours(folder, options, log) if runs is sides["this project"] else dl4j(folder, options, log, classpath, count)
                runs.append({"rounds": rounds, **heaps(file)})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result = {
        "preset": options.preset,
        "parameters": count,
        "megabytes": count * VECTORS * 4 / 1e6,
        "workers": options.workers,
        "left-out": options.left_out,
        "cores": len(os.sched_getaffinity(0)),
        "sides": {side: summary(runs) for side, runs in sides.items()},
    }
    result["ratio"] = result["sides"]["DL4J"]["outside"] / result["sides"]["this project"]["outside"]
    if options.json:
        print(json.dumps(result))
        return
    print(
        f"{options.preset}, {count} parameters, {result['megabytes']:.0f} MB with two moments, {options.workers} workers,"
        f" {result['cores']} cores, medians of {options.turns * options.rounds} rounds,"
        f" each run's first {options.left_out} left out"
    )
    print("side          round s   local s  outside s  driver's heap MiB, largest (after a collection)")
    for side, row in result["sides"].items():
        print(
            f"{side:12} {row['round']:8.2f} {row['local']:9.2f} {row['outside']:10.2f}  {row['heap']} ({row['live']})"
        )
    print(f"outside the local steps: ratio {result['ratio']:.2f}")


if __name__ == "__main__":
    main()
