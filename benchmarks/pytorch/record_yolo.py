#!/usr/bin/env python3
"""Records a small one-stage detector: answers, matches, losses, detections, firing rates, every gradient and statistic.

    record_yolo.py OUT.npz --timesteps 2 --seed 3

model/src/test/resources/yolo/README.md has the options of every recording there, and its keys.
"""
import argparse

import numpy as np
import torch

from network import excite, randomise, settle
from neurons import record
from record_network import integers, margin, prefixed, statistics
from yolo import ANCHORS, STRIDES, PooledConv, Yolo
from yolo_rules import detection_loss, detections, matches


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out", metavar="OUT.npz")
    p.add_argument("--dims", type=integers, default=(4, 8, 8, 16), help="widths of stages 1b, 2, 3, 4")
    p.add_argument("--neck", type=integers, default=(8, 8, 16), help="widths of the levels")
    p.add_argument("--depths", type=integers, default=(0, 0), help="transformer blocks of stages 3 and 4")
    for name, default in (("height", 48), ("width", 48), ("timesteps", 1), ("classes", 3), ("seed", 0)):
        p.add_argument("--" + name, type=int, default=default)
    p.add_argument("--objects", type=integers, default=(4, 3), help="of each image")
    return p.parse_args()


def objects(count, height, width, classes):
    """Boxes of 4 pixels to almost the image, some of whose centres lie on the borders of cells."""
    extent = torch.rand(count, 2) ** 2 * torch.tensor((width - 6.0, height - 6.0)) + 4
    corner = torch.rand(count, 2) * (torch.tensor((width, height)) - extent)
    boxes = torch.cat((corner, corner + extent), 1)
    boxes[::2] = boxes[::2].round()
    return boxes, torch.randint(0, classes, (count,))


def shortened(values):
    """The same to 12 binary digits, an error of 1.5e-4 in the norm, since gradients make up most of a file."""
    return ((values.view(np.uint32) + 0x800) & 0xfffff000).view(np.float32)


def main():
    a = arguments()
    torch.manual_seed(a.seed)
    model = Yolo(a.dims, a.neck, a.classes, a.timesteps, a.depths)
    randomise(model, a.seed)
    excite(model)
    for answer in model.answers:
        answer.conv.weight.data.normal_(0, 0.4)
        answer.conv.bias.data.normal_(0, 0.4)
    for parameter in model.parameters():
        if parameter.dim() > 1:
            parameter.data.copy_(parameter.data.half())  # a smaller file
    x = torch.randn(len(a.objects), 3, a.height, a.width).half().float()
    settle(model, x)
    targets = [objects(count, a.height, a.width, a.classes) for count in a.objects]
    out = {"input": x.numpy(), **prefixed("stat/", statistics(model)),
           **prefixed("param/", {name: p.detach().numpy().copy() for name, p in model.named_parameters()})}
    for image, (boxes, labels) in enumerate(targets):
        out.update({f"target/boxes/{image}": boxes.numpy(), f"target/labels/{image}": labels.numpy()})

    recordings = record(model)
    model.eval()
    with torch.no_grad():
        answers = model(x)
        for level, answer in enumerate(answers):
            out[f"eval/answers/{level}"] = answer.numpy()
        for image in range(len(x)):
            for name, value in zip(("boxes", "scores", "labels"), detections(answers, image, ANCHORS, 0.2, 0.6, 40)):
                out[f"eval/{name}/{image}"] = value.numpy()
    pooled = {name + ".lif": m.rates for name, m in model.named_modules() if isinstance(m, PooledConv)}
    rates = {name: pooled.get(name, r.rates).numpy() for name, r in recordings.items()}
    out.update(prefixed("eval/rate/", rates))
    closest = margin(recordings)

    model.train()
    answers = model(x)
    for answer in answers:
        answer.retain_grad()
    losses = detection_loss(answers, targets, ANCHORS)
    sum(losses.values()).backward()
    closest = min(closest, margin(recordings))
    for level, (answer, anchors, stride) in enumerate(zip(answers, ANCHORS, STRIDES)):
        found = [np.insert(matches(boxes, labels, answer.shape[1], answer.shape[2], anchors, stride).numpy(), 0, image, 1)
                 for image, (boxes, labels) in enumerate(targets)]
        out.update({f"train/answers/{level}": answer.detach().numpy(), f"train/gradient/{level}": answer.grad.numpy(),
                    f"train/matches/{level}": np.concatenate(found)})
    out.update({**prefixed("train/loss/", {name: loss.detach().numpy() for name, loss in losses.items()}), "margin": np.float32(closest),
                **prefixed("train/grad/", {name: shortened(p.grad.numpy()) for name, p in model.named_parameters()}),
                **prefixed("train/stat/", statistics(model))})
    np.savez_compressed(a.out, **out)
    rates = {name: rate.mean() for name, rate in rates.items()}
    print(f"{a.out}: {sum(p.numel() for p in model.parameters())} parameters, " + ", ".join(f"{n} {v.item():.4f}" for n, v in losses.items())
          + f", matches {[len(out[f'train/matches/{i}']) for i in range(3)]}, detections {[len(out[f'eval/scores/{i}']) for i in range(len(x))]}"
          + f", margin {closest:.2e}, rates {min(rates.values()):.3f} ({min(rates, key=rates.get)}) to {max(rates.values()):.3f}")


if __name__ == "__main__":
    main()
