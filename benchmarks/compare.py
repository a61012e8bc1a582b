#!/usr/bin/env python3
"""Compares whole training steps and inference with the PyTorch form of the model (benchmarks/pytorch), in turn, several times.

For every row (timesteps and number format) the peer runs, then this project, then the peer again: a machine's speed
changes from minute to minute, so only runs that follow each other are compared. One process is alive at a time. The
table has the medians of the rounds; a ratio is the median of the rounds' ratios. Memory is the peak of a process that
trains and then infers.

The peer needs torch:  python3 -m venv V && V/bin/pip install torch numpy setuptools;  benchmarks/compare.py --python V/bin/python
"""
import argparse
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEER = ROOT / "benchmarks/pytorch/bench.py"
PRECISIONS = ("float32", "bfloat16")
ROWS = [f"{precision}-t{timesteps}" for timesteps in (1, 4) for precision in PRECISIONS]
WORK = ("train", "infer")
SPEED = re.compile(r"^(train|infer) .*median [0-9.]+ s, ([0-9.]+) images/s", re.MULTILINE)
MEMORY = re.compile(r"^peak resident memory ([0-9.]+) GB", re.MULTILINE)


class CompareError(Exception):
    """What the user is told in one line."""


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, interrupt)  # a run that is under way ends with this script
    try:
        peer = peer_command(options)
        build()
        rows = [measure(row, peer, options) for row in options.rows]
    except CompareError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("error: stopped before it was finished")
    print(json.dumps(document(rows, options)) if options.json else table(rows, options))


def interrupt(number, frame):
    raise KeyboardInterrupt


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, metavar="FILE", help="interpreter of the peer, with torch (default: that of this script)")
    parser.add_argument("--peer", type=pathlib.Path, default=PEER, metavar="FILE",
                        help="the peer's script, with the options and the output of the default, benchmarks/pytorch/bench.py")
    parser.add_argument("--peer-option", action="append", default=[], metavar="OPTION",
                        help="a further option of the peer, as --peer-option=--compile or =--channels-last; repeatable")
    parser.add_argument("--our-option", action="append", default=[], metavar="OPTION",
                        help="a further option of our bench, as --our-option=--recompute=block; repeatable")
    parser.add_argument("--our-heap", default="500m", metavar="SIZE", help="of our JVM; a smaller one needs less memory (default: 500m)")
    parser.add_argument("--rows", type=row_list, default=ROWS, metavar="ROW,...", help=f"which of {', '.join(ROWS)} (default: all)")
    parser.add_argument("--rounds", type=positive, default=3, metavar="N", help="how often each side runs (default: 3)")
    parser.add_argument("--steps", type=positive, metavar="N",
                        help="timed steps of a run, after one that is not counted (default: 7 at T = 1, else 3)")
    parser.add_argument("--activity", choices=("trained", "fresh"), default="trained",
                        help="how often our neurons fire (default: as in a trained model); the peer's time does not depend on it")
    parser.add_argument("--preset", choices=("15M", "31M", "55M", "ade20k-16m", "ade20k-58m", "coco-maskrcnn-15m", "coco-maskrcnn-55m", "coco-yolo-16m"), default="15M",
                        help="default: 15M; the Semantic FPNs of segmentation need --size 512 --batch 2 as published, detectors --size 512 --width 853")
    parser.add_argument("--batch", type=positive, default=8, metavar="B", help="images of a step (default: 8)")
    parser.add_argument("--size", type=positive, default=224, metavar="PX", help="height and width of the images (default: 224)")
    parser.add_argument("--width", type=positive, metavar="PX", help="width of the images, whose height --size is then")
    parser.add_argument("--threads", type=positive, default=os.cpu_count(), metavar="N", help="of both sides (default: all cores)")
    parser.add_argument("--json", action="store_true", help="print one JSON object with every run")
    return parser.parse_args()


def positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number >= 1, found '{text}'")
    return int(text)


def row_list(text):
    rows = text.split(",")
    for row in rows:
        if row not in ROWS:
            raise argparse.ArgumentTypeError(f"expected some of {', '.join(ROWS)}, found '{row}'")
    return rows


def peer_command(options):
    """The peer's interpreter and script, once both are found to be usable."""
    if not options.peer.is_file():
        raise CompareError(f"--peer: expected a script, found no file {options.peer}")
    try:
        torch = subprocess.run([options.python, "-c", "import torch"], capture_output=True, check=False)
    except OSError as error:
        raise CompareError(f"--python: expected an interpreter, found {options.python}: {error.strerror}") from error
    if torch.returncode != 0:
        raise CompareError(f"--python: expected an interpreter that has torch, found {options.python} without: "
                           "python3 -m venv V && V/bin/pip install torch numpy setuptools, then --python V/bin/python")
    return [options.python, options.peer]


def build():
    """Lets the launcher build what is older than the sources, before anything is timed."""
    run([str(ROOT / "jobs/spikeformer"), "bench", "--help"])


def measure(row, peer, options):
    precision, timesteps = row.split("-t")
    steps = options.steps or (7 if timesteps == "1" else 3)
    size = ["--timesteps", timesteps, "--batch", options.batch, "--size", options.size,
            "--steps", steps, "--threads", options.threads, *(["--width", options.width] if options.width else [])]
    theirs = [*peer, "--model", options.preset, *size, *options.peer_option]
    if precision == "bfloat16":
        theirs.append("--bf16")
    # without a limit the JVM lets garbage stand until a quarter of the machine's memory is full
    ours = [ROOT / "jobs/spikeformer", "--driver-memory", options.our_heap, "bench", "--preset", options.preset, "--precision", precision,
            "--activity", options.activity, *size, *options.our_option]
    runs = {"peer": [], "ours": []}
    for turn in range(options.rounds):
        for side, command in (("peer", theirs), ("ours", ours)):
            result = parse(run([str(word) for word in command]), command)
            runs[side].append(result)
            say(f"{row} round {turn + 1} of {options.rounds}, {side}: train {result['train']:.2f}, "
                f"infer {result['infer']:.2f} images/s, {result['gigabytes']:.2f} GB")
    return {"timesteps": int(timesteps), "precision": precision, "steps": steps, "runs": runs, "summary": summary(runs)}


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise CompareError(f"'{' '.join(command)}' failed: {lines[-1]}")
    return done.stdout


def parse(output, command):
    speeds = {name: float(speed) for name, speed in SPEED.findall(output)}
    memory = MEMORY.search(output)
    if set(speeds) != set(WORK) or not memory:
        raise CompareError(f"expected lines for train, infer and peak memory from {command[0]}, found: {output.strip()!r}")
    return {**speeds, "gigabytes": float(memory.group(1))}


def summary(runs):
    result = {}
    for name in (*WORK, "gigabytes"):
        ratios = [ours[name] / peer[name] for peer, ours in zip(runs["peer"], runs["ours"])]
        result[name] = {"peer": statistics.median(run[name] for run in runs["peer"]),
                        "ours": statistics.median(run[name] for run in runs["ours"]),
                        "ratio": statistics.median(ratios), "lowest": min(ratios), "highest": max(ratios)}
    return result


def document(rows, options):
    return {"preset": options.preset, "peer": str(options.peer), "peerOptions": options.peer_option, "ourOptions": options.our_option, "activity": options.activity, "batch": options.batch, "size": options.size, "width": options.width or options.size, "threads": options.threads,
            "rounds": options.rounds, "rows": rows}


def table(rows, options):
    lines = [f"{options.preset}, batch {options.batch}, {options.size}x{options.width or options.size} pixels, {options.threads} threads, "
             f"images/s: medians of {options.rounds} rounds in turn", "",
             f"{'':24}{'peer':>9}{'ours':>9}{'ratio':>8}   {'lowest, highest':<16}{'memory in GB: peer, ours, ratio':>33}"]
    for row in rows:
        for name in WORK:
            speed = row["summary"][name]
            line = (f"{name} T={row['timesteps']} {row['precision']}".ljust(24)
                    + f"{speed['peer']:9.2f}{speed['ours']:9.2f}{speed['ratio']:8.2f}   "
                    + f"{speed['lowest']:.2f}, {speed['highest']:.2f}".ljust(16))
            if name == "train":
                memory = row["summary"]["gigabytes"]
                line += f"{memory['peer']:18.2f}{memory['ours']:7.2f}{memory['ratio']:8.2f}"
            lines.append(line.rstrip())
    return "\n".join(lines)


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
