#!/usr/bin/python3
"""Times `score detection` on results as large as a detector's for COCO val2017, and measures the driver's heap.

Draws 5,000 images of 480 x 640 pixels with about 36,000 elliptic objects of 80 classes, and 100 detections an image:
several near each object, the others anywhere, their scores with ties. Then it scores boxes, masks and both on two
threads. Heap is that of the driver's log of collections: the largest before and after one.
With --pycocotools, the same files are scored by pycocotools, which PYTHON must have, and the twelve numbers compared.

    benchmarks/coco-scoring.py FOLDER
    benchmarks/coco-scoring.py --pycocotools V/bin/python FOLDER
"""

import argparse
import json
import math
import random
import resource
import shutil
import subprocess
import time
from pathlib import Path

from averaging import heaps
from datajobs import java

HEIGHT, WIDTH = 480, 640
CLASSES = [i for i in range(1, 91) if i not in (12, 26, 29, 30, 45, 66, 68, 69, 71, 83)]
FIGURES = "AP AP50 AP75 APs APm APl AR1 AR10 AR100 ARs ARm ARl".split()
SHAPES = 2000
VARIANTS = 8

PEER = """
import contextlib, io, json, sys, time
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
start = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(sys.argv[1])
    results = json.load(open(sys.argv[2]))
    if sys.argv[3] == "segm":
        for result in results:
            del result["bbox"]  # else a mask's area is its box's
    evaluation = COCOeval(truth, truth.loadRes(results), sys.argv[3])
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
print(json.dumps({"seconds": time.perf_counter() - start, "processor": time.process_time(), "figures": evaluation.stats.tolist()}))
"""


def text(counts):
    """COCO's text of run lengths."""
    out = []
    for i, count in enumerate(counts):
        rest = count - counts[i - 2] if i > 2 else count
        more = True
        while more:
            group = rest & 31
            rest >>= 5
            more = rest != -1 if group & 16 else rest != 0
            out.append(chr(48 + (group | 32 if more else group)))
    return "".join(out)


def ellipse(x, y, a, b):
    """The box, area and mask of an ellipse, cut by the image; None if nothing is inside."""
    counts, end, area, rows, columns = [], 0, 0, [], []
    for column in range(max(0, math.ceil(x - a - 0.5)), min(WIDTH, math.floor(x + a + 0.5))):
        part = 1 - ((column + 0.5 - x) / a) ** 2
        half = b * math.sqrt(part) if part > 0 else 0
        top, bottom = max(0, math.ceil(y - half - 0.5)), min(HEIGHT, math.floor(y + half + 0.5))
        if bottom <= top:
            continue
        start = column * HEIGHT + top
        if counts and start == end:
            counts[-1] += bottom - top
        else:
            counts += [start - end, bottom - top]
        end = column * HEIGHT + bottom
        area += bottom - top
        rows += [top, bottom]
        columns.append(column)
    if not area:
        return None
    if end < HEIGHT * WIDTH:
        counts.append(HEIGHT * WIDTH - end)
    box = [columns[0], min(rows), columns[-1] + 1 - columns[0], max(rows) - min(rows)]
    return box, area, {"size": [HEIGHT, WIDTH], "counts": text(counts)}


def shapes(rng):
    """Ellipses of small to large objects, each with variants near it."""
    drawn = []
    while len(drawn) < SHAPES:
        size = rng.choice((8, 18, 40, 90))
        x, y = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT)
        a, b = size * rng.uniform(0.5, 1.4), size * rng.uniform(0.5, 1.4)
        near = [
            ellipse(x + rng.gauss(0, a / 8), y + rng.gauss(0, b / 8), a * rng.uniform(0.85, 1.15), b * rng.uniform(0.85, 1.15))
            for _ in range(VARIANTS)
        ]
        if ellipse(x, y, a, b) and all(near):
            drawn.append((ellipse(x, y, a, b), near))
    return drawn


def write(folder, images, per_image):
    rng = random.Random(0)
    pool = shapes(rng)
    weights = [1 / (i + 1) for i in range(len(CLASSES))]
    truth = {"images": [], "annotations": [], "categories": [{"id": c, "name": f"class {c}"} for c in CLASSES]}
    with open(folder / "results.json", "w") as out:
        for image in range(1, images + 1):
            name = f"{image:012d}.jpg"
            truth["images"].append({"id": image, "file_name": name, "height": HEIGHT, "width": WIDTH})
            found = []
            for category in rng.choices(CLASSES, weights, k=min(40, int(rng.expovariate(1 / 7.7)))):
                (box, area, mask), near = rng.choice(pool)
                truth["annotations"].append(
                    dict(id=len(truth["annotations"]) + 1, image_id=image, category_id=category, bbox=box, area=area)
                    | dict(iscrowd=int(rng.random() < 0.012), segmentation=mask)
                )
                for shape in rng.sample(near, rng.randint(0, 5)):
                    found.append((category if rng.random() < 0.9 else rng.choice(CLASSES), shape, rng.betavariate(3, 2)))
            while len(found) < per_image:
                category = rng.choices(CLASSES, weights)[0]
                found.append((category, rng.choice(rng.choice(pool)[1]), rng.betavariate(1, 5)))
            for i, (category, (box, _, mask), score) in enumerate(found[:per_image]):
                result = dict(image_id=image, category_id=category, bbox=box, score=round(score, 3), segmentation=mask)
                out.write(("[" if image == 1 and i == 0 else ",\n") + json.dumps(result, separators=(",", ":")))
        out.write("]\n")
    (folder / "truth.json").write_text(json.dumps(truth, separators=(",", ":")))
    return len(truth["annotations"])


def score(folder, heap, kind):
    """Wall and processor time of the whole command, heap and result."""
    log = folder / "gc.log"
    log.unlink(missing_ok=True)
    command = java(heap, f"-Xlog:gc:file={log}:none:filecount=0")
    command += ["io.spikeformer.jobs.Main", "score", "detection", "--results", folder / "results.json"]
    command += ["--annotations", folder / "truth.json", "--master", "local[2]", "--json"]
    command += [] if kind == "both" else ["--type", kind]
    start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    seconds, now = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return f"{seconds:.1f} | {processor:.1f}", heaps(log), json.loads(done.stdout)


def compare(python, folder, result, kind):
    done = subprocess.run(
        [python, "-c", PEER, folder / "truth.json", folder / "results.json", kind],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    peer = json.loads(done.stdout)
    figures = [result[kind]["figures"][name] for name in FIGURES]
    difference = max(abs(a - (b if b is not None else -1)) for a, b in zip(peer["figures"], figures))
    print(f"pycocotools, {kind}: {peer['seconds']:.1f} s, processor {peer['processor']:.1f} s; largest difference of the twelve numbers {difference:.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the files are written")
    parser.add_argument("--images", type=int, default=5000, help="number of images (default: 5000)")
    parser.add_argument("--detections", type=int, default=100, help="detections an image (default: 100)")
    parser.add_argument("--heap", default="1g", help="most heap (default: 1g)")
    parser.add_argument("--pycocotools", metavar="PYTHON", help="an interpreter that has pycocotools, for comparison")
    options = parser.parse_args()
    folder = options.folder / "coco-scoring"
    folder.mkdir(parents=True)
    try:
        objects = write(folder, options.images, options.detections)
        megabytes = (folder / "results.json").stat().st_size / 1e6
        print(f"{options.images} images, {objects} objects, {options.images * options.detections} detections, {megabytes:.0f} MB")
        print("| scored | seconds | processor, s | heap, MiB | after a collection |")
        print("|---|---|---|---|---|")
        for kind in ("bbox", "segm", "both"):
            seconds, heap, result = score(folder, options.heap, kind)
            print(f"| {kind} | {seconds} | {heap['heap']} | {heap['live']} |", flush=True)
        for kind in ("bbox", "segm") if options.pycocotools else ():
            compare(options.pycocotools, folder, result, kind)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
