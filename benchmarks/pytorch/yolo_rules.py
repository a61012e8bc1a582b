"""YOLOv5's rules for the answers of yolo.py: which anchors an object matches, the loss, decoding and the choice of boxes.

Boxes are [left, top, right, bottom] in pixels. Answers of a level are [B, H, W, anchors, 5 + classes]: x, y, width, height,
objectness, classes.
"""
import math

import torch
import torch.nn.functional as F

from yolo import BOX, STRIDES

RATIO = 4
BOX_WEIGHT, OBJECTNESS_WEIGHT, CLASS_WEIGHT = 0.05, 1.0, 0.5
LEVEL_WEIGHTS = (4.0, 1.0, 0.4)


def matches(boxes, labels, height, width, anchors, stride):
    """The answers of a level of `height` x `width` cells that are to find objects: rows of (object, anchor, row, column, label).

    An object matches an anchor whose width and height are within a factor of RATIO of its own, in the cell of its centre and in the
    neighbours on the sides of the centre's half, if they are inside. Offsets of half a cell are added in float32 and cut to whole
    cells, so a centre on a border between cells matches its cell twice, as in YOLOv5.
    """
    found = []
    size = torch.tensor((width, height), dtype=torch.float32)
    for item, (box, label) in enumerate(zip(boxes, labels)):
        centre, extent = (box[:2] + box[2:]) / 2 / stride, (box[2:] - box[:2]) / stride
        for number, anchor in enumerate(anchors):
            ratio = extent / (torch.tensor(anchor, dtype=torch.float32) / stride)
            if not torch.max(ratio, 1 / ratio).max() < RATIO:
                continue
            rest = size - centre
            near = [(0, 0)]
            near += [(0.5, 0)] if centre[0] % 1 < 0.5 and centre[0] > 1 else []
            near += [(0, 0.5)] if centre[1] % 1 < 0.5 and centre[1] > 1 else []
            near += [(-0.5, 0)] if rest[0] % 1 < 0.5 and rest[0] > 1 else []
            near += [(0, -0.5)] if rest[1] % 1 < 0.5 and rest[1] > 1 else []
            for offset in near:
                column, row = (int(v) for v in centre - torch.tensor(offset))
                found.append((item, number, min(max(row, 0), height - 1), min(max(column, 0), width - 1), int(label)))
    return torch.tensor(found, dtype=torch.long).reshape(-1, 5)


def offsets(answers, anchors, stride):
    """Boxes in cells, relative to the corner of the own cell: xy = 2 sigmoid - 0.5 is the centre, wh = (2 sigmoid)^2 anchor."""
    xy = answers[..., :2].sigmoid() * 2 - 0.5
    wh = (answers[..., 2:BOX].sigmoid() * 2) ** 2 * (anchors / stride)
    return torch.cat((xy - wh / 2, xy + wh / 2), -1)


def complete_iou(a, b, eps=1e-7):
    """CIoU of pairs of boxes; the weight of the shape term is a constant for the gradient."""
    size_a, size_b = a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
    common = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    iou = common / (size_a.prod(1) + size_b.prod(1) - common + eps)
    hull = torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    distance = ((a[:, :2] + a[:, 2:]) / 2 - (b[:, :2] + b[:, 2:]) / 2).square().sum(1) / (hull.square().sum(1) + eps)
    angles = torch.atan(size_b[:, 0] / size_b[:, 1]) - torch.atan(size_a[:, 0] / size_a[:, 1])
    shape = 4 / math.pi ** 2 * angles ** 2
    with torch.no_grad():
        weight = shape / (1 - iou + shape + eps)
    return iou - distance - weight * shape


def detection_loss(answers, targets, all_anchors, strides=STRIDES):
    """Box, objectness and class loss, each times the batch; targets: (boxes [n, 4], labels [n]) of every image.

    Where several objects match one answer, each counts in box and class loss, and the best overlap is its objectness.
    """
    sums = [torch.zeros(()) for _ in range(3)]
    for level, (answer, anchors, stride) in enumerate(zip(answers, all_anchors, strides)):
        batch, height, width = answer.shape[:3]
        sizes = torch.tensor(anchors, dtype=torch.float32)
        found = [torch.cat((torch.full((len(m), 1), image), m), 1) for image, (boxes, labels) in enumerate(targets)
                 for m in (matches(boxes, labels, height, width, anchors, stride),)]
        found = torch.cat(found)
        wanted = torch.zeros(answer.shape[:-1])
        if len(found):
            image, item, anchor, row, column, label = found.unbind(1)
            own = answer[image, row, column, anchor]
            corner = torch.stack((column, row, column, row), 1)
            objects = torch.stack([targets[i][0][k] for i, k in zip(image, item)]) / stride - corner
            overlap = complete_iou(offsets(own, sizes[anchor], stride), objects)
            sums[0] = sums[0] + (1 - overlap).mean()
            at = ((image * height + row) * width + column) * len(anchors) + anchor
            wanted.view(-1).scatter_reduce_(0, at, overlap.detach().clamp(min=0), "amax")
            sums[2] = sums[2] + F.binary_cross_entropy_with_logits(own[:, BOX + 1:], F.one_hot(label, own.shape[1] - BOX - 1).float())
        sums[1] = sums[1] + LEVEL_WEIGHTS[level] * F.binary_cross_entropy_with_logits(answer[..., BOX], wanted)
    batch = len(targets)
    return {"box": sums[0] * BOX_WEIGHT * batch, "objectness": sums[1] * OBJECTNESS_WEIGHT * batch, "class": sums[2] * CLASS_WEIGHT * batch}


def candidates(answers, image, all_anchors, strides=STRIDES):
    """Boxes in pixels [n, 4] and scores [n, classes] of every answer of an image, levels one after the other."""
    boxes, scores = [], []
    for answer, anchors, stride in zip(answers, all_anchors, strides):
        own = answer[image]
        rows, columns = torch.meshgrid(torch.arange(own.shape[0]), torch.arange(own.shape[1]), indexing="ij")
        corner = torch.stack((columns, rows, columns, rows), -1)[:, :, None]
        boxes.append(((offsets(own, torch.tensor(anchors, dtype=torch.float32), stride) + corner) * stride).reshape(-1, 4))
        scores.append((own[..., BOX:BOX + 1].sigmoid() * own[..., BOX + 1:].sigmoid()).flatten(0, 2))
    return torch.cat(boxes), torch.cat(scores)


def detections(answers, image, all_anchors, score=0.001, threshold=0.6, most=300, considered=30000, strides=STRIDES):
    """Boxes, scores and classes: the best of every class's suppression, equal scores in the order of answers and classes."""
    boxes, scores = candidates(answers, image, all_anchors, strides)
    where, label = (scores > score).nonzero(as_tuple=True)
    value = scores[where, label]
    order = value.argsort(descending=True, stable=True)[:considered]
    kept = []
    for i in order.tolist():
        own = boxes[where[i]]
        rivals = [boxes[where[k]] for k in kept if label[k] == label[i]]
        if not rivals or overlaps(own, torch.stack(rivals)).max() <= threshold:
            kept.append(i)
        if len(kept) == most:
            break
    return boxes[where[kept]], value[kept], label[kept]


def overlaps(box, others):
    common = (torch.minimum(box[2:], others[:, 2:]) - torch.maximum(box[:2], others[:, :2])).clamp(min=0).prod(1)
    return common / ((box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(1) - common)
