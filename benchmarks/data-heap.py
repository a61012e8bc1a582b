#!/usr/bin/python3
"""Prepares a .tar file of any size with a Java heap of 1 GB, and says how long it took and how much memory it had.

The archive is generated as a stream, so that it needs disk space only; it is deleted afterwards, as are the shards.
FOLDER needs three times the archive's size.

    benchmarks/data-heap.py --gigabytes 3 FOLDER
"""

import argparse
import io
import json
import resource
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

from datajobs import photographs, prepare


def generate(archive, size):
    images = list(photographs(64))
    count = 0
    with tarfile.open(archive, "w") as tar:
        while tar.offset < size:
            data = images[count % len(images)]
            entry = tarfile.TarInfo(f"train/class{count % 10}/{count:07d}.jpg")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
            count += 1
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the archive and the shards are written")
    parser.add_argument("--gigabytes", type=float, default=3, help="size of the archive (default: 3)")
    parser.add_argument("--master", default="local[2]", help="Spark master (default: local[2])")
    options = parser.parse_args()
    folder = options.folder / "data-heap"
    folder.mkdir(parents=True)
    try:
        count = generate(folder / "train.tar", options.gigabytes * 1e9)
        command = prepare("1g", folder, folder / "train.tar", folder / "out", 32)
        start = time.perf_counter()
        done = subprocess.run(command + ["--master", options.master], check=True, stdout=subprocess.PIPE, text=True)
        seconds = time.perf_counter() - start
        result = json.loads(done.stdout.splitlines()[-1])
        if result["accepted"] != count:
            raise SystemExit(f"error: expected {count} samples, found {result['accepted']}")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
        print(
            f"{count} images, {options.gigabytes:g} GB, heap 1 GB: {seconds:.0f} s,"
            f" peak resident memory {peak:.2f} GB"
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
