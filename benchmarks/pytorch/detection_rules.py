"""The rules of Mask R-CNN beside its network: anchors, coding, assignment, sampling, suppression, RoIAlign, masks.

Boxes are [left, top, right, bottom] in pixels. Of equal scores the lower index comes first. Everything is PyTorch alone.
"""
import math

import torch
import torch.nn.functional as F

STRIDES, RATIOS, SCALE = (4, 8, 16, 32, 64), (0.5, 1.0, 2.0), 8.0
DEVIATIONS, LARGEST = (0.1, 0.1, 0.2, 0.2), abs(math.log(16 / 1000))


def anchors(sizes):
    """[cells * ratios, 4] of each level, by rows, columns and ratios height / width, centred on the cells' upper left corners."""
    levels = []
    for (height, width), stride in zip(sizes, STRIDES):
        root = torch.tensor(RATIOS).sqrt()
        half = 0.5 * stride * SCALE * torch.stack((1 / root, root), 1)
        y, x = torch.meshgrid(torch.arange(height) * stride, torch.arange(width) * stride, indexing="ij")
        corner = torch.stack((x, y), -1).reshape(-1, 1, 2).float()
        levels.append(torch.cat((corner - half, corner + half), 2).reshape(-1, 4))
    return levels


def encode(boxes, goals, deviations=(1.0,) * 4):
    """From boxes to their goals: shift of the centre in sizes of the box, logarithm of the sizes' ratio."""
    size, goal = boxes[:, 2:] - boxes[:, :2], goals[:, 2:] - goals[:, :2]
    shift = (goals[:, :2] + goals[:, 2:] - boxes[:, :2] - boxes[:, 2:]) / 2 / size
    return torch.cat((shift, torch.log(goal / size)), 1) / torch.tensor(deviations)


def decode(boxes, deltas, height, width, deviations=(1.0,) * 4):
    """deltas [N, 4 * k] -> boxes [N, k, 4] inside the image."""
    d = deltas.reshape(len(boxes), -1, 4) * torch.tensor(deviations)
    size = (boxes[:, 2:] - boxes[:, :2])[:, None]
    centre = (boxes[:, :2] + boxes[:, 2:])[:, None] / 2 + size * d[..., :2]
    half = size * d[..., 2:].clamp(-LARGEST, LARGEST).exp() / 2
    limit = torch.tensor((width, height, width, height))
    return torch.minimum(torch.cat((centre - half, centre + half), 2).clamp(min=0), limit)


def overlaps(a, b):
    """IoU of each with each."""
    common = (torch.minimum(a[:, None, 2:], b[None, :, 2:]) - torch.maximum(a[:, None, :2], b[None, :, :2])).clamp(min=0).prod(2)
    area_a, area_b = ((x[:, 2:] - x[:, :2]).prod(1) for x in (a, b))
    return common / (area_a[:, None] + area_b[None] - common).clamp(min=1e-6)


def assign(boxes, objects, positive, negative):
    """-1 ignored, 0 background, k + 1 object k. Each object also takes all boxes of its best IoU from `negative` on; the last wins."""
    if len(objects) == 0:
        return torch.zeros(len(boxes), dtype=torch.long)
    iou, assigned = overlaps(objects, boxes), torch.full((len(boxes),), -1)
    best, which = iou.max(0)
    assigned[best < negative] = 0
    assigned[best >= positive] = which[best >= positive] + 1
    for k, row in enumerate(iou):
        if row.max() >= negative:
            assigned[row == row.max()] = k + 1
    return assigned


def sample(assigned, count, share):
    """Indices of random positives, at most a share of the count, and of as many negatives as are missing then."""
    positive, negative = ((assigned > 0).nonzero()[:, 0], (assigned == 0).nonzero()[:, 0])
    positive = positive[torch.randperm(len(positive))[:int(count * share)]]
    return positive, negative[torch.randperm(len(negative))[:count - len(positive)]]


def suppress(boxes, scores, groups, threshold):
    """Indices that are left, by falling score: a box leaves for a better one of its group with a larger IoU."""
    order = scores.sort(descending=True, stable=True)[1]
    kept = []
    for group in groups.unique():
        own = order[groups[order] == group]
        clash = (overlaps(boxes[own], boxes[own]) > threshold).triu(1).numpy()
        left = torch.ones(len(own), dtype=torch.bool).numpy()
        for i in range(len(own)):
            if left[i]:
                left &= ~clash[i]
        kept.append(own[torch.from_numpy(left)])
    kept = torch.cat(kept).sort()[0] if kept else order
    return kept[scores[kept].sort(descending=True, stable=True)[1]]


def roi_align(level, rois, side, scale):
    """level [N, C, H, W], rois [R, 5] (map, box) -> [R, C, side, side]: means over ceil(size / side) bilinear samples a bin and axis."""
    out = level.new_zeros(len(rois), level.shape[1], side, side)
    begin, end = rois[:, 1:3] * scale - 0.5, rois[:, 3:] * scale - 0.5
    samples = ((end - begin) / side).ceil().long()
    for image in range(len(level)):
        own = rois[:, 0] == image
        for across, down in samples[own].unique(dim=0).tolist():
            some = (own & (samples[:, 0] == across) & (samples[:, 1] == down)).nonzero()[:, 0]
            if across > 0 and down > 0:
                out[some] = pooled(level[image:image + 1], begin[some], end[some], side, (across, down)).to(out.dtype)
    return out


def pooled(level, begin, end, side, samples):
    """RoIAlign of rois with as many samples each."""
    height, width = level.shape[2:]
    places, weights = [], []
    for axis, (count, length) in enumerate(zip(samples, (width, height))):
        step = (torch.arange(side * count) + 0.5) / (side * count)
        place = begin[:, axis, None] + step * (end - begin)[:, axis, None]
        weights.append(((place >= -1) & (place <= length)).to(level.dtype))
        places.append((place.clamp(0, length - 1) * 2 + 1) / length - 1)
    x, y = places[0][:, None, :], places[1][:, :, None]
    grid = torch.stack(torch.broadcast_tensors(x, y), -1)
    values = F.grid_sample(level, grid.flatten(1, 2)[None].to(level.dtype), padding_mode="border", align_corners=False)
    values = values[0].reshape(-1, len(begin), *grid.shape[1:3]) * (weights[1][:, :, None] * weights[0][:, None, :])
    return F.avg_pool2d(values.transpose(0, 1), (samples[1], samples[0]))


def pool(levels, rois, side, timesteps):
    """levels of [T*B, C, h, w], rois [R, 5] (image, box) -> [T*R, C, side, side]; a roi reads the level that fits its size."""
    batch = len(levels[0]) // timesteps
    root = (rois[:, 3:] - rois[:, 1:3]).prod(1).sqrt()
    fits = (root / 56 + 1e-6).log2().floor().clamp(0, len(levels) - 1)
    out = []
    for t in range(timesteps):
        shifted = rois + torch.tensor((t * batch, 0, 0, 0, 0))
        all_rois = levels[0].new_zeros(len(rois), levels[0].shape[1], side, side)
        for k, level in enumerate(levels):
            if (fits == k).any():
                all_rois = all_rois.index_put(((fits == k).nonzero()[:, 0],), roi_align(level, shifted[fits == k], side, 1 / STRIDES[k]))
        out.append(all_rois)
    return torch.cat(out)


def mask_targets(masks, boxes, side=28):
    """masks [R, H, W] of the objects of boxes -> 0 or 1 [R, side, side]."""
    numbers = torch.arange(len(boxes))[:, None].float()
    return (roi_align(masks[:, None].float(), torch.cat((numbers, boxes), 1), side, 1.0)[:, 0] >= 0.5).float()


def paste(masks, boxes, height, width):
    """probabilities [N, m, m] -> [N, height, width] of 0 or 1: bilinear at the pixels' centres."""
    if len(boxes) == 0:
        return masks.new_zeros(0, height, width, dtype=torch.bool)
    x, y = ((torch.arange(length) + 0.5 - boxes[:, axis, None]) / (boxes[:, axis + 2] - boxes[:, axis])[:, None] * 2 - 1
            for axis, length in enumerate((width, height)))
    grid = torch.stack(torch.broadcast_tensors(x[:, None, :], y[:, :, None]), -1).nan_to_num()
    return F.grid_sample(masks[:, None], grid, align_corners=False)[:, 0] >= 0.5
