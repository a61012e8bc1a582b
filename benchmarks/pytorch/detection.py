"""The spike-driven Mask R-CNN on Meta-SpikeFormer, its losses, and what inference makes of its answers.

Taps are the membrane potentials behind the four stages, at strides 4, 8, 16 and 16; the last 3x3 of the pyramid has stride 2.
All timesteps run through pyramid and heads; objectness, deltas, scores and masks are averaged over T.
"""
import torch
import torch.nn.functional as F
from torch import nn

import detection_rules as rules
from network import WIDTHS, MetaSpikeFormer
from neurons import Lif, neurons
from segmentation import SpikingConv

SIZES = {"coco-maskrcnn-15m": WIDTHS["15M"], "coco-maskrcnn-55m": WIDTHS["55M"]}
ANCHOR_SAMPLES, ROI_SAMPLES, PROPOSALS, DETECTIONS = 256, 512, 1000, 100


class LastConv(SpikingConv):
    """The last 3x3 of the pyramid: its level has half the size of its tap."""

    def __init__(self, cin, cout, window, bias):
        super().__init__(cin, cout, window, bias)
        self.conv.stride = (2, 2)


class MaskRcnn(nn.Module):
    def __init__(self, widths, classes=80, width=256, hidden=1024, timesteps=1, depths=(6, 2), norm=False, input_scale=None):
        super().__init__()
        self.backbone = MetaSpikeFormer(widths, 1, timesteps=timesteps, depths=depths, input_scale=input_scale).stages
        self.taps = (3, 6, 6 + 1 + depths[0], len(self.backbone) - 1)
        self.lateral = nn.ModuleList(SpikingConv(tap, width, 1, not norm) for tap in widths)
        self.output = nn.ModuleList([*(SpikingConv(width, width, 3, not norm) for _ in widths[1:]), LastConv(width, width, 3, not norm)])
        self.rpn, self.rpn_lif = SpikingConv(width, width, 3, not norm), Lif()
        self.rpn_score, self.rpn_delta = nn.Conv2d(width, 3, 1), nn.Conv2d(width, 12, 1)
        self.fc = nn.Sequential(Lif(), nn.Linear(49 * width, hidden), Lif(), nn.Linear(hidden, hidden), Lif())
        self.box_score, self.box_delta = nn.Linear(hidden, classes + 1), nn.Linear(hidden, 4 * classes)
        self.mask = nn.Sequential(*(SpikingConv(width, width, 3, not norm) for _ in range(4)),
                                  Lif(), nn.ConvTranspose2d(width, width, 2, 2), Lif(), nn.Conv2d(width, classes, 1))
        for layer, deviation in ((self.rpn_score, 0.01), (self.rpn_delta, 0.01), (self.box_score, 0.01), (self.box_delta, 0.001)):
            nn.init.normal_(layer.weight, std=deviation)
            nn.init.zeros_(layer.bias)
        for layer in (self.fc[1], self.fc[3], self.mask[5], self.mask[7]):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.constant_(self.mask[7].bias, -0.1)  # a silent pixel is not half an object
        self.classes, self.timesteps = classes, timesteps
        for _, neuron in neurons(self):
            neuron.timesteps, neuron.input_scale = timesteps, input_scale

    def mean(self, u):
        return u.reshape(self.timesteps, -1, *u.shape[1:]).mean(0).float()

    def forward(self, x):
        """x [B, C, H, W] -> levels, and of each level objectness [B, anchors] and deltas [B, anchors, 4]"""
        u, taps = x.repeat(self.timesteps, 1, 1, 1), []
        for i, stage in enumerate(self.backbone):
            u = stage(u)
            if i in self.taps:
                taps.append(u)
        u = [lateral(tap) for lateral, tap in zip(self.lateral, taps)]
        for k in (2, 1, 0):
            u[k] = u[k] + F.interpolate(u[k + 1], size=u[k].shape[2:], mode="nearest")
        levels = [output(v) for output, v in zip(self.output, u)]
        levels.append(levels[-1][:, :, ::2, ::2])
        scores, deltas = [], []
        for level in levels:
            spikes = self.rpn_lif(self.rpn(level))
            scores.append(self.mean(self.rpn_score(spikes)).permute(0, 2, 3, 1).flatten(1))
            deltas.append(self.mean(self.rpn_delta(spikes)).permute(0, 2, 3, 1).reshape(len(x), -1, 4))
        return levels, scores, deltas

    @torch.no_grad()
    def proposals(self, image, scores, deltas, priors, size, most):
        """The best of all levels after the suppression within each."""
        boxes, values, groups = [], [], []
        for k, (score, delta, prior) in enumerate(zip(scores, deltas, priors)):
            value, order = score[image].sigmoid().sort(descending=True, stable=True)
            order = order[:most]
            boxes.append(rules.decode(prior[order], delta[image, order], *size)[:, 0])
            values.append(value[:most])
            groups.append(torch.full((len(order),), k))
        boxes, values, groups = torch.cat(boxes), torch.cat(values), torch.cat(groups)
        some = ((boxes[:, 2:] > boxes[:, :2]).all(1)).nonzero()[:, 0]
        return boxes[some[rules.suppress(boxes[some], values[some], groups[some], 0.7)][:PROPOSALS]]

    def box_head(self, levels, rois):
        u = self.fc(rules.pool(levels[:4], rois, 7, self.timesteps).flatten(1))
        return self.mean(self.box_score(u)), self.mean(self.box_delta(u))

    def mask_head(self, levels, rois, labels):
        """logits [R, 28, 28] of the labels' masks"""
        return self.mean(self.mask(rules.pool(levels[:4], rois, 14, self.timesteps)))[torch.arange(len(rois)), labels]

    def loss(self, answers, targets, size):
        """The sum of the five losses; targets: boxes [n, 4], labels [n] and masks [n, H, W] of each image."""
        levels, scores, deltas = answers
        priors = rules.anchors([level.shape[2:] for level in levels])
        every, score, delta = torch.cat(priors), torch.cat(scores, 1), torch.cat(deltas, 1)
        rpn_score, rpn_delta, samples = 0, 0, 0
        rois, labels, goals, masks, positives = [], [], [], [], []
        for i, (boxes, classes, pixels) in enumerate(targets):
            assigned = rules.assign(every, boxes, 0.7, 0.3)
            positive, negative = rules.sample(assigned, ANCHOR_SAMPLES, 0.5)
            samples += max(len(positive), 1) + max(len(negative), 1)
            rpn_score = rpn_score + F.softplus(-score[i, positive]).sum() + F.softplus(score[i, negative]).sum()
            rpn_delta = rpn_delta + (delta[i, positive] - rules.encode(every[positive], boxes[assigned[positive] - 1])).abs().sum()
            regions = self.proposals(i, scores, deltas, priors, size, 2000)
            assigned = torch.cat((torch.arange(len(boxes)) + 1, rules.assign(regions, boxes, 0.5, 0.5)))
            regions = torch.cat((boxes, regions))
            positive, negative = rules.sample(assigned, ROI_SAMPLES, 0.25)
            objects = assigned[positive] - 1
            chosen = regions[torch.cat((positive, negative))]
            rois.append(torch.cat((torch.full((len(chosen), 1), float(i)), chosen), 1))
            positives.append(rois[-1][:len(positive)])
            labels.append(torch.cat((classes[objects], torch.full((len(negative),), self.classes))))
            goals.append(rules.encode(regions[positive], boxes[objects], rules.DEVIATIONS))
            masks.append(rules.mask_targets(pixels[objects], regions[positive]))
        rois, labels, goals, masks, positives = (torch.cat(v) for v in (rois, labels, goals, masks, positives))
        logits, shifts = self.box_head(levels, rois)
        found = (labels < self.classes).nonzero()[:, 0]
        shifts = shifts.reshape(len(shifts), self.classes, 4)[found, labels[found]]
        mask = F.binary_cross_entropy_with_logits(self.mask_head(levels, positives, labels[found]), masks)
        return (rpn_score + rpn_delta) / samples + F.cross_entropy(logits, labels) + (shifts - goals).abs().sum() / len(labels) + mask

    def detect(self, answers, size):
        """Of each image boxes, scores, labels and masks [n, H, W]."""
        levels, scores, deltas = answers
        priors, found = rules.anchors([level.shape[2:] for level in levels]), []
        for i in range(len(scores[0])):
            regions = self.proposals(i, scores, deltas, priors, size, 1000)
            numbered = torch.cat((torch.full((len(regions), 1), float(i)), regions), 1)
            logits, shifts = self.box_head(levels, numbered)
            boxes = rules.decode(regions, shifts, *size, rules.DEVIATIONS).reshape(-1, 4)
            values = logits.softmax(1)[:, :-1].reshape(-1)
            labels = torch.arange(len(values)) % self.classes
            sure = (values > 0.05).nonzero()[:, 0]
            sure = sure[rules.suppress(boxes[sure], values[sure], labels[sure], 0.5)][:DETECTIONS]
            masks = boxes.new_zeros(0, 28, 28)
            if len(sure):
                masks = self.mask_head(levels, torch.cat((torch.full((len(sure), 1), float(i)), boxes[sure]), 1), labels[sure]).sigmoid()
            found.append((boxes[sure], values[sure], labels[sure], rules.paste(masks, boxes[sure], *size)))
        return found


def random_targets(batch, height, width, objects=7):
    """As many objects as an image of COCO has on average, of at least 20 pixels; masks fill their boxes."""
    targets = []
    for _ in range(batch):
        corners = (torch.rand(objects, 2, 2) * torch.tensor((width - 20, height - 20))).sort(1).values
        boxes = corners.flatten(1) + torch.tensor((0, 0, 20, 20))
        y, x = torch.arange(height)[:, None] + 0.5, torch.arange(width) + 0.5
        inside = lambda box: (y > box[1]) & (y < box[3]) & (x > box[0]) & (x < box[2])
        targets.append((boxes, torch.randint(0, 80, (objects,)), torch.stack([inside(box) for box in boxes])))
    return targets
