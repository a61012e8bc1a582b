"""Masks as pycocotools 2.0.11 computes them, for RleTest and CocoMiniTest.

    python generate.py COCO_MINI    # writes polygons.txt and pairs.txt, prints the digests of COCO_MINI's masks

polygons.txt, by tabs: height width, x,y,.../x,y,..., compressed union, area, box
pairs.txt, by tabs: height width, mask, mask, union, intersection, IoU of instances, of a crowd
"""
import hashlib
import json
import random
import sys

from pycocotools import mask


def corner(kind, height, width):
    if kind == "inside":
        return random.uniform(0, width), random.uniform(0, height)
    if kind == "overhanging":
        return random.uniform(-0.5 * width, 1.5 * width), random.uniform(-0.5 * height, 1.5 * height)
    return random.randint(0, width), random.randint(0, height)


def polygon(height, width):
    kind = random.choice(["inside", "inside", "overhanging", "whole numbers"])
    numbers = []
    for _ in range(random.choice([3, 3, 4, 5, 8, 20])):
        numbers += [round(float(v), 2) for v in corner(kind, height, width)]
        if random.random() < 0.1:
            numbers += numbers[-2:]
    return numbers


def rasterised(segmentation, height, width):
    runs = mask.frPyObjects(segmentation, height, width)
    return mask.merge(runs) if isinstance(segmentation, list) else runs


def text(runs):
    return runs["counts"].decode()


def whole(numbers):
    return " ".join(str(int(n)) for n in numbers)


def polygons_and_pairs():
    by_size, lines, pairs = {}, [], []
    for _ in range(160):
        height, width = random.choice([1, 2, 7, 16, 33, 50]), random.choice([1, 3, 8, 17, 40, 64])
        outlines = [polygon(height, width) for _ in range(random.choice([1, 1, 1, 2]))]
        runs = rasterised(outlines, height, width)
        numbers = "/".join(",".join(map(repr, outline)) for outline in outlines)
        lines.append(f"{height} {width}\t{numbers}\t{text(runs)}\t{int(mask.area(runs))}\t{whole(mask.toBbox(runs))}")
        by_size.setdefault((height, width), []).append(runs)
    for (height, width), masks in by_size.items():
        for first, second in zip(masks, masks[1:]):
            union, common = mask.merge([first, second]), mask.merge([first, second], intersect=True)
            ious = [float(mask.iou([first], [second], [crowd])[0][0]) for crowd in (0, 1)]
            pairs.append(
                f"{height} {width}\t{text(first)}\t{text(second)}\t{text(union)}\t{text(common)}\t{ious[0]!r} {ious[1]!r}"
            )
    return lines, pairs


def digest(path):
    with open(path) as file:
        annotated = json.load(file)
    sizes = {image["id"]: (image["height"], image["width"]) for image in annotated["images"]}
    sha = hashlib.sha256()
    for item in annotated["annotations"]:
        runs = rasterised(item["segmentation"], *sizes[item["image_id"]])
        sha.update(f"{item['id']} {int(mask.area(runs))} {whole(mask.toBbox(runs))} {text(runs)}\n".encode())
    return sha.hexdigest()


if __name__ == "__main__":
    random.seed(7)
    for name, content in zip(["polygons.txt", "pairs.txt"], polygons_and_pairs()):
        with open(name, "w") as out:
            out.write("\n".join(content) + "\n")
    for split in ["train", "val"]:
        print(split, digest(f"{sys.argv[1]}/annotations/instances_{split}2017.json"))
