#!/usr/bin/python3
"""Kills a conversion, first an executor, then the driver, runs it again and compares with one that was left alone.

The output must be the same byte for byte, with no other file beside it. Needs Pillow and NumPy.

    benchmarks/data-kill.py --images 6000 FOLDER
"""

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from datajobs import class_folders, environment, prepare

MASTER = ("--master", "local-cluster[2,1,1024]")
SHARDS = 24


def start(folder, output):
    command = prepare("1g", folder / "local", folder / "train", output, SHARDS, "--short-side", "256", *MASTER)
    return subprocess.Popen(
        command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def digests(output):
    return {
        str(file.relative_to(output)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(output.rglob("*"))
        if file.is_file() and not file.name.endswith(".crc")
    }


def executors(driver):
    """Process numbers of the executors, which are children of the driver in this mode."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and b"CoarseGrainedExecutorBackend" in (process / "cmdline").read_bytes():
                if f"PPid:\t{driver}\n" in (process / "status").read_text():
                    found.append(int(process.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return sorted(found)


def shards(output):
    return len(list(output.glob("train/*.parquet")))


def wait(process, output, count):
    """Until so many shards are there."""
    while shards(output) < count:
        if process.poll() is not None:
            raise SystemExit(f"error: the conversion ended with {process.returncode} at {shards(output)} shards")
        time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where images and shards are written")
    parser.add_argument("--images", type=int, default=6000, help="generated images (default: 6000)")
    options = parser.parse_args()
    folder = options.folder / "data-kill"
    try:
        class_folders(folder, options.images)
        calm = folder / "calm"
        if start(folder, calm).wait() != 0:
            raise SystemExit("error: the undisturbed conversion failed")
        struck = folder / "struck"
        process = start(folder, struck)
        wait(process, struck, SHARDS // 6)
        victim = executors(process.pid)[0]
        os.kill(victim, signal.SIGKILL)
        print(f"killed an executor at {shards(struck)} of {SHARDS} shards")
        wait(process, struck, SHARDS // 2)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        print(f"killed the driver at {shards(struck)} of {SHARDS} shards, {len(digests(struck))} files")
        if start(folder, struck).wait() != 0:
            raise SystemExit("error: the conversion could not be continued")
        expected, found = digests(calm), digests(struck)
        if expected != found:
            different = sorted(name for name in expected | found if expected.get(name) != found.get(name))
            raise SystemExit(f"error: {len(different)} files differ: {', '.join(different[:5])}")
        print(f"the same {len(found)} files, byte for byte: {', '.join(list(found)[:3])}, ...")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
