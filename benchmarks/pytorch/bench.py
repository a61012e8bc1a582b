#!/usr/bin/env python3
"""Times training steps and inference of a published size; benchmarks/compare.py runs it in turn with `jobs/spikeformer bench`.

    bench.py --model 15M --timesteps 1 --batch 8 --size 224 --steps 5 [--bf16] [--channels-last] [--compile]
"""
import argparse
import resource
import statistics
import time

import torch
import torch.nn.functional as F

import detection
from network import WIDTHS, MetaSpikeFormer
from segmentation import SIZES, SemanticFpn, pixel_loss, resize
from yolo import ANCHORS, Yolo
from yolo_rules import detection_loss, detections

YOLO = "coco-yolo-16m"


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", choices=[*WIDTHS, *SIZES, *detection.SIZES, YOLO], default="15M")
    for name, default in (("timesteps", 1), ("batch", 8), ("size", 224), ("steps", 5), ("threads", 2)):
        p.add_argument("--" + name, type=int, default=default)
    p.add_argument("--width", type=int, help="of the images, whose height --size is then")
    p.add_argument("--bf16", action="store_true", help="autocast to bfloat16")
    p.add_argument("--channels-last", action="store_true", help="activations as [N, H, W, C]")
    p.add_argument("--compile", action="store_true", help="torch.compile; needs a C++ compiler and minutes to warm up")
    a = p.parse_args()
    a.width = a.width or a.size
    return a


def subject(a):
    """The network, random labels, its loss, and what inference makes of its logits."""
    if a.model in detection.SIZES:
        model = detection.MaskRcnn(detection.SIZES[a.model], timesteps=a.timesteps)
        return (model, detection.random_targets(a.batch, a.size, a.width),
                lambda answers, targets: model.loss(answers, targets, (a.size, a.width)), lambda answers: model.detect(answers, (a.size, a.width)))
    if a.model in SIZES:
        widths, neck, classes = SIZES[a.model]
        label = torch.randint(0, classes, (a.batch, a.size, a.width))
        return (SemanticFpn(widths, neck, classes=classes, timesteps=a.timesteps), label, pixel_loss,
                lambda logits: resize(logits, label.shape[1:]).argmax(1))
    if a.model == YOLO:
        targets = [objects(a.size) for _ in range(a.batch)]
        return (Yolo(timesteps=a.timesteps), targets, lambda answers, targets: sum(detection_loss(answers, targets, ANCHORS).values()),
                lambda answers: [detections(answers, image, ANCHORS) for image in range(a.batch)])
    label = torch.randint(0, 1000, (a.batch,))
    return (MetaSpikeFormer(WIDTHS[a.model], timesteps=a.timesteps), label,
            lambda logits, label: F.cross_entropy(logits, label, label_smoothing=0.1), lambda logits: logits)


def objects(size, count=7):
    """As many as an image of COCO has on average."""
    corners = (torch.rand(count, 2, 2) * size).sort(1).values
    return corners.flatten(1) + torch.tensor((0, 0, 4, 4)), torch.randint(0, 80, (count,))


def main():
    a = arguments()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    x = torch.randn(a.batch, 3, a.size, a.width)
    model, label, loss_of, answer = subject(a)
    if a.channels_last:
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4)
    forward = torch.compile(model) if a.compile else model
    autocast = torch.autocast("cpu", torch.bfloat16, enabled=a.bf16)

    def train():
        optimizer.zero_grad()
        with autocast:
            loss = loss_of(forward(x), label)
        loss.backward()
        optimizer.step()

    def infer():
        with torch.no_grad(), autocast:
            answer(forward(x))

    pixels = f"{a.size}px" if a.width == a.size else f"{a.size}x{a.width}px"
    for name, step in (("train", train), ("infer", infer)):
        model.train(name == "train")
        step()  # the first step compiles and allocates
        seconds = [timed(step) for _ in range(a.steps)]
        median = statistics.median(seconds)
        print(f"{name} {a.model} T={a.timesteps} batch {a.batch} {pixels}: median {median:.3f} s, {a.batch / median:.2f} images/s, "
              f"best {a.batch / min(seconds):.2f}", flush=True)
    print(f"peak resident memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def timed(step):
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
