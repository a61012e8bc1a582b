#!/usr/bin/python3
"""Compares `score detection` with pycocotools on drawn sets of objects and detections.

Each set has images of 1 x 1 to 260 x 260 pixels and ids in any order, some without objects and some without detections.
Its objects are polygons in parts, texts and numbers of run lengths, crowds, boxes of no area, duplicates, areas at the
ends of the ranges, and areas that are not the box's. Its detections repeat objects, lie near them, anywhere and outside
the image, have equal scores, and are more than 100 of a class in one image; the file has them in any order.

Boxes and masks are scored. The twelve figures, those of every class and its precision at IoU 0.50 are compared; the
largest difference of each set is printed. PYTHON must have pycocotools.

    benchmarks/coco-random.py --pycocotools V/bin/python FOLDER
"""

import argparse
import importlib
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

from datajobs import java

scoring = importlib.import_module("coco-scoring")

PEER = """
import contextlib, io, json, sys
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
AREAS = dict(AP="all", AP50="all", AP75="all", APs="small", APm="medium", APl="large")
AREAS.update(AR1="all", AR10="all", AR100="all", ARs="small", ARm="medium", ARl="large")

def mean(values):
    values = values[values > -1]
    return float(values.mean()) if len(values) else -1.0

def figures(evaluation, category):
    names, found = evaluation.params.areaRngLbl, {}
    for name, area in AREAS.items():
        limit = {"AR1": 0, "AR10": 1}.get(name, 2)
        at = {"AP50": slice(0, 1), "AP75": slice(5, 6)}.get(name, slice(None))
        kind = "precision" if name.startswith("AP") else "recall"
        values = evaluation.eval[kind]
        values = values[at, :, category] if kind == "precision" else values[at, category]
        found[name] = mean(values[..., names.index(area), limit])
    return found

for line in sys.stdin:
    folder, answer = line.strip(), {}
    for kind in ("bbox", "segm"):
        with contextlib.redirect_stdout(io.StringIO()):
            truth = COCO(folder + "/truth.json")
            results = json.load(open(folder + "/results.json"))
            for result in results:
                if kind == "segm":
                    del result["bbox"]  # else a mask's area is its box's
            evaluation = COCOeval(truth, truth.loadRes(results), kind)
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        names = [c["name"] for c in truth.loadCats(evaluation.params.catIds)]
        answer[kind] = {
            "stats": evaluation.stats.tolist(),
            "classes": {name: figures(evaluation, k) for k, name in enumerate(names)},
            "precision50": {name: evaluation.eval["precision"][0, :, k, 0, 2].tolist() for k, name in enumerate(names)},
        }
    print(json.dumps(answer), flush=True)
"""


def runs(pixels):
    """Run lengths of a mask, its pixels column by column: those of the background first."""
    counts, value = [0], 0
    for pixel in pixels:
        if pixel != value:
            counts.append(0)
            value = pixel
        counts[-1] += 1
    return counts


class Shape:
    """A set of pixels of an image with its box."""

    def __init__(self, rng, height, width, box):
        self.height, self.width, self.box = height, width, box
        x, y, w, h = box
        style = rng.choice(("ellipse", "rectangle", "speckled", "empty" if rng.random() < 0.1 else "ellipse"))
        self.pixels = []
        for column in range(width):
            across = (column + 0.5 - x) / w * 2 - 1 if w > 0 else 2
            for row in range(height):
                down = (row + 0.5 - y) / h * 2 - 1 if h > 0 else 2
                inside = abs(across) <= 1 and abs(down) <= 1
                if style == "ellipse":
                    inside = across * across + down * down <= 1
                elif style == "speckled":
                    inside = inside and rng.random() < 0.7
                self.pixels.append(int(inside and style != "empty"))

    def area(self):
        return sum(self.pixels)

    def encoded(self, as_text):
        counts = runs(self.pixels)
        return {"size": [self.height, self.width], "counts": scoring.text(counts) if as_text else counts}


def box(rng, height, width):
    """A box at any place, of any size, some of it outside or without area."""
    size = rng.choice((4, 20, 60, 150))
    w, h = (round(rng.uniform(0.3, 1.4) * size, rng.choice((0, 2))) for _ in range(2))
    if rng.random() < 0.05:
        w, h = rng.choice(((0, h), (w, 0), (0, 0)))
    x, y = (round(rng.uniform(-0.2, 0.9) * side, rng.choice((0, 2))) for side in (width, height))
    return [x, y, w, h]


def within(around, height, width):
    """The part of a box inside its image: objects outside are refused."""
    x, y = max(0, around[0]), max(0, around[1])
    x2, y2 = min(width, around[0] + around[2]), min(height, around[1] + around[3])
    return [x, y, max(0, x2 - x), max(0, y2 - y)]


def near(rng, around):
    x, y, w, h = around
    return [x + rng.gauss(0, w / 10), y + rng.gauss(0, h / 10), w * rng.uniform(0.8, 1.25), h * rng.uniform(0.8, 1.25)]


def polygons(rng, around):
    """One to three polygons of three to seven corners around a box."""
    x, y, w, h = around
    return [
        [round(value, 2) for _ in range(rng.randint(3, 7)) for value in (x + w * rng.uniform(-0.1, 1.1), y + h * rng.uniform(-0.1, 1.1))]
        for _ in range(rng.randint(1, 3))
    ]


def truth(rng):
    categories = [{"id": i, "name": f"class {i}"} for i in rng.sample(range(1, 100), rng.randint(1, 6))]
    images = []
    for i in rng.sample(range(1, 10**6), rng.randint(3, 25)):
        height, width = (1, 1) if rng.random() < 0.05 else (rng.randint(2, 260), rng.randint(2, 260))
        images.append({"id": i, "file_name": f"{i}.jpg", "height": height, "width": width})
    annotations = []
    labelled = categories[1:] or categories  # the first of several has no objects
    for image in images:
        height, width = image["height"], image["width"]
        for _ in range(rng.choice((0, 1, 2, 4, 9))):
            around = within(box(rng, height, width), height, width)
            crowd = int(rng.random() < 0.15)
            shape = Shape(rng, height, width, around)
            kind = rng.choice(("text", "numbers", "polygons"))
            mask = polygons(rng, around) if kind == "polygons" and not crowd else shape.encoded(kind == "text")
            area = rng.choice((shape.area(), around[2] * around[3], rng.choice((0, 1024, 1024.5, 9216, 9216.5, 1e5))))
            annotations.append(
                dict(id=len(annotations) + 1, image_id=image["id"], category_id=rng.choice(labelled)["id"], bbox=around)
                | dict(area=area, iscrowd=crowd, segmentation=mask, ignore=rng.randint(0, 1))
            )
            if rng.random() < 0.1:
                annotations.append(annotations[-1] | dict(id=len(annotations) + 1))
    rng.shuffle(annotations)
    return {"images": images, "annotations": annotations, "categories": categories}


def detections(rng, objects):
    found = []
    ids = [category["id"] for category in objects["categories"]]
    for image in objects["images"]:
        if rng.random() < 0.15:
            continue
        height, width = image["height"], image["width"]
        own = [a for a in objects["annotations"] if a["image_id"] == image["id"]]
        chosen = []
        for annotation in own:
            for _ in range(rng.choice((0, 1, 1, 2, 5))):
                category = annotation["category_id"] if rng.random() < 0.9 else rng.choice(ids)
                around = annotation["bbox"] if rng.random() < 0.3 else near(rng, annotation["bbox"])
                chosen.append((category, around))
        chosen += [(rng.choice(ids), box(rng, height, width)) for _ in range(rng.choice((0, 1, 5)))]
        if rng.random() < 0.15:
            small = [near(rng, rng.choice(own)["bbox"]) if own else box(rng, height, width) for _ in range(12)]
            chosen += [(ids[-1], rng.choice(small)) for _ in range(rng.randint(101, 140))]
        shapes = {}
        for category, around in chosen:
            if tuple(around) not in shapes:
                shapes[tuple(around)] = Shape(rng, height, width, around)
            score = round(rng.random(), rng.choice((1, 1, 6)))
            found.append(
                dict(image_id=image["id"], category_id=category, bbox=around, score=score)
                | dict(segmentation=shapes[tuple(around)].encoded(True))
            )
    rng.shuffle(found)
    return found


def largest(peer, ours):
    """The largest difference of a set, and where it is."""
    differences = []
    for kind in ("bbox", "segm"):
        own = ours[kind]
        for name, theirs in zip(scoring.FIGURES, peer[kind]["stats"]):
            differences.append((difference(theirs, own["figures"][name]), f"{kind} {name}"))
        for one in own["classes"]:
            theirs = peer[kind]["classes"][one["class"]]
            for name in scoring.FIGURES:
                differences.append((difference(theirs[name], one["figures"][name]), f"{kind} {name} of {one['class']}"))
            curve = peer[kind]["precision50"][one["class"]]
            if len(one["precision50"]) not in (0, len(curve)):
                differences.append((float("inf"), f"{kind} points of {one['class']}"))
            for i, point in enumerate(one["precision50"]):
                differences.append((difference(curve[i], point), f"{kind} precision {i} of {one['class']}"))
    return max(differences)


def difference(theirs, own):
    return abs(theirs - (-1 if own is None else own))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the files are written")
    parser.add_argument("--pycocotools", metavar="PYTHON", required=True, help="an interpreter that has pycocotools")
    parser.add_argument("--sets", type=int, default=30, help="number of sets (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="of the first set (default: 1)")
    options = parser.parse_args()
    peer = subprocess.Popen([options.pycocotools, "-c", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    base = java("1g") + ["io.spikeformer.jobs.Main", "score", "detection", "--master", "local[2]", "--json"]
    worst = 0.0
    print("| seed | images | objects | detections | largest difference | where |")
    print("|---|---|---|---|---|---|")
    for seed in range(options.seed, options.seed + options.sets):
        rng = random.Random(seed)
        folder = options.folder / f"coco-random-{seed}"
        folder.mkdir(parents=True)
        objects = truth(rng)
        found = detections(rng, objects)
        if not found:
            shutil.rmtree(folder)
            continue
        (folder / "truth.json").write_text(json.dumps(objects))
        (folder / "results.json").write_text(json.dumps(found))
        command = base + ["--results", folder / "results.json", "--annotations", folder / "truth.json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"seed {seed}: {done.stderr}")
        peer.stdin.write(f"{folder}\n")
        peer.stdin.flush()
        off, where = largest(json.loads(peer.stdout.readline()), json.loads(done.stdout))
        worst = max(worst, off)
        counts = [len(objects["images"]), len(objects["annotations"]), len(found)]
        print("|", " | ".join(map(str, [seed, *counts, f"{off:.1e}", where if off else ""])), "|", flush=True)
        if off < 1e-12:
            shutil.rmtree(folder)
    peer.stdin.close()
    peer.wait()
    print(f"largest difference: {worst:.1e}")
    sys.exit(worst >= 1e-12)


if __name__ == "__main__":
    main()
