#!/usr/bin/python3
"""Measures the conversion and the reading of images against Pillow, and events into frames, on one core.

Both sides do the same work in turn, pinned to the same core, so that whatever else runs there slows both alike;
printed are the medians. Needs Pillow and NumPy. The images are generated: 500 x 375 pixels, about 62 KB.

    benchmarks/data-speed.py --aedat4 sample.aedat4
"""

import argparse
import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
from PIL import Image

from datajobs import ROOT, java, photographs

MEAN = numpy.float32([0.485, 0.456, 0.406])
DEVIATION = numpy.float32([0.229, 0.224, 0.225])


def convert(files):
    for data in files:
        image = Image.open(io.BytesIO(data)).convert("RGB")
        scale = 256 / min(image.size)
        size = tuple(round(side * scale) for side in image.size)
        image.resize(size, Image.BICUBIC).save(io.BytesIO(), "JPEG", quality=95)


def read(folder):
    draw = random.Random(0)
    for file in sorted(folder.glob("*.jpg")):
        image = Image.open(io.BytesIO(file.read_bytes())).convert("RGB")
        width, height = image.size
        while True:
            area = width * height * draw.uniform(0.08, 1)
            ratio = 2.718281828 ** draw.uniform(-0.2876820724, 0.2876820724)
            w, h = round((area * ratio) ** 0.5), round((area / ratio) ** 0.5)
            if 0 < w <= width and 0 < h <= height:
                break
        left, top = draw.randint(0, width - w), draw.randint(0, height - h)
        image = image.resize((224, 224), Image.BICUBIC, box=(left, top, left + w, top + h))
        if draw.random() < 0.5:
            image = image.transpose(Image.FLIP_LEFT_RIGHT)
        (numpy.asarray(image, numpy.float32) / 255 - MEAN) / DEVIATION


def product(core, folder, aedat4):
    command = ["taskset", "-c", str(core), *java("1g"), ROOT / "benchmarks/DataSpeed.java", folder, aedat4]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    if process.stdout.readline().strip() != "ready":
        sys.exit("error: expected the product's side to start, found that it ended; is the job jar built?")
    return process


def ask(process, work):
    process.stdin.write(work + "\n")
    process.stdin.flush()
    amount, seconds = process.stdout.readline().split()
    return float(amount) / float(seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aedat4", required=True, type=Path, help="recording whose events become frames")
    parser.add_argument("--images", type=int, default=200, help="generated images (default: 200)")
    parser.add_argument("--rounds", type=int, default=9, help="rounds after two that warm up (default: 9)")
    parser.add_argument("--core", type=int, default=0, help="core that both sides run on (default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = list(photographs(options.images))
        for i, data in enumerate(files):
            (folder / f"{i:04d}.jpg").write_bytes(data)
        process = product(options.core, folder, options.aedat4)
        os.sched_setaffinity(0, {options.core})
        rates = {}
        for turn in range(-2, options.rounds):
            for work, peer in (("convert", lambda: convert(files)), ("read", lambda: read(folder)), ("events", None)):
                found = {work: ask(process, work)}
                if peer:
                    start = time.perf_counter()
                    peer()
                    found[work + " Pillow"] = len(files) / (time.perf_counter() - start)
                if turn >= 0:
                    for key, rate in found.items():
                        rates.setdefault(key, []).append(rate)
        process.stdin.close()
        process.wait()
    median = {key: statistics.median(values) for key, values in rates.items()}
    median["kilobytes"] = statistics.mean(map(len, files)) / 1000
    for work in ("convert", "read"):
        ratios = [a / b for a, b in zip(rates[work], rates[work + " Pillow"])]
        median[work + " ratio"] = statistics.median(ratios)
    if options.json:
        print(json.dumps(median))
        return
    print(f"{options.images} images of {median['kilobytes']:.0f} KB, one core, medians of {options.rounds} rounds")
    for work, text in (("convert", "500x375 to short side 256"), ("read", "shards, decode, crop to 224")):
        print(
            f"{text}: {median[work]:.0f} images/s, Pillow {median[work + ' Pillow']:.0f},"
            f" ratio {median[work + ' ratio']:.2f}"
        )
    print(f"aedat4 to frames: {median['events'] / 1e6:.1f} million events/s")


if __name__ == "__main__":
    main()
