#!/usr/bin/python3
"""Writes the images of CIFAR-10's binary version as PNG files in class folders, an archive for each split.

    benchmarks/cifar10-images.py cifar-10-binary.tar.gz FOLDER

FOLDER gets cifar10-train.tar.gz (train/CLASS/NUMBER.png) and cifar10-test.tar.gz (test/CLASS/NUMBER.png). Needs Pillow.
"""

import argparse
import io
import tarfile
from pathlib import Path

from PIL import Image

SIDE = 32
PIXELS = 3 * SIDE * SIDE
RECORD = 1 + PIXELS  # a label, then red, green and blue
FILES = {"train": [f"data_batch_{i}.bin" for i in range(1, 6)], "test": ["test_batch.bin"]}


def contents(archive):
    """The files of the archive by their names without folders."""
    try:
        with tarfile.open(archive) as tar:
            return {Path(member.name).name: tar.extractfile(member).read() for member in tar if member.isfile()}
    except (OSError, EOFError, tarfile.TarError) as failure:
        raise SystemExit(f"error: {archive}: expected a whole .tar.gz file: {str(failure).splitlines()[0]}")


def png(pixels):
    planes = [Image.frombytes("L", (SIDE, SIDE), pixels[i * SIDE * SIDE : (i + 1) * SIDE * SIDE]) for i in range(3)]
    file = io.BytesIO()
    Image.merge("RGB", planes).save(file, "PNG")
    return file.getvalue()


def write(target, split, batches, classes):
    number = 0
    with tarfile.open(target, "w:gz", compresslevel=1) as tar:
        for batch in batches:
            if len(batch) % RECORD:
                raise SystemExit(f"error: expected records of {RECORD} bytes, found {len(batch)} bytes in a batch of {split}")
            for start in range(0, len(batch), RECORD):
                data = png(batch[start + 1 : start + RECORD])
                entry = tarfile.TarInfo(f"{split}/{classes[batch[start]]}/{number:05d}.png")
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
                number += 1
    print(f"{target}: {number} images")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path, metavar="cifar-10-binary.tar.gz")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the two archives are written")
    options = parser.parse_args()
    found = contents(options.archive)
    missing = [name for name in [*FILES["train"], *FILES["test"], "batches.meta.txt"] if name not in found]
    if missing:
        raise SystemExit(f"error: {options.archive}: expected {', '.join(missing)} in it; is it the binary version?")
    classes = found["batches.meta.txt"].decode().split()
    options.folder.mkdir(parents=True, exist_ok=True)
    for split, names in FILES.items():
        write(options.folder / f"cifar10-{split}.tar.gz", split, (found[name] for name in names), classes)


if __name__ == "__main__":
    main()
