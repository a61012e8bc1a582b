"""The spike-driven Semantic FPN on Meta-SpikeFormer, which gives a class to every pixel, and its loss.

Taps are the membrane potentials behind the last blocks at strides 2, 4, 8 and 16; the third stage is not read.
"""
import torch
import torch.nn.functional as F
from torch import nn

from network import WIDTHS, MetaSpikeFormer
from neurons import Lif, neurons

IGNORED = 255

# widths of the backbone, channels of the pyramid, classes
SIZES = {"ade20k-16m": (WIDTHS["15M"], 128, 150), "ade20k-58m": (WIDTHS["55M"], 256, 150),
         "voc2012-16m": (WIDTHS["15M"], 128, 21), "voc2012-58m": (WIDTHS["55M"], 256, 21)}


class SpikingConv(nn.Module):
    """Neuron, convolution, and BN if there is no bias."""

    def __init__(self, cin, cout, window, bias, stride=1):
        super().__init__()
        self.lif, self.conv = Lif(), nn.Conv2d(cin, cout, window, stride, window // 2, bias=bias)
        self.bn = nn.Identity() if bias else nn.BatchNorm2d(cout)
        nn.init.xavier_uniform_(self.conv.weight)
        if bias:
            nn.init.zeros_(self.conv.bias)

    def forward(self, u):
        return self.bn(self.conv(self.lif(u)))


class Pyramid(nn.Module):
    """1x1 on every tap, nearest from coarse to fine, 3x3 on every sum; sums are membrane potentials."""

    def __init__(self, taps, width, norm):
        super().__init__()
        self.lateral = nn.ModuleList(SpikingConv(c, width, 1, not norm) for c in taps)
        self.output = nn.ModuleList(SpikingConv(width, width, 3, not norm) for _ in taps)

    def forward(self, taps):
        u = [lateral(tap) for lateral, tap in zip(self.lateral, taps)]
        for finer, coarser in zip(reversed(range(3)), reversed(range(1, 4))):
            u[finer] = u[finer] + F.interpolate(u[coarser], size=u[finer].shape[2:], mode="nearest")
        return [output(x) for output, x in zip(self.output, u)]


class SemanticFpn(nn.Module):
    """fuse=mean: taps are averaged over T and the rest runs once. fuse=keep: all timesteps run through, logits are averaged."""

    def __init__(self, widths, neck=128, head=128, classes=150, timesteps=1, depths=(6, 2), fuse="mean", norm=False, input_scale=None):
        super().__init__()
        d0, d1, _, d3 = widths
        self.backbone = MetaSpikeFormer(widths, 1, timesteps=timesteps, depths=depths, input_scale=input_scale).stages
        self.taps = (1, 3, 6, len(self.backbone) - 1)
        self.fpn = Pyramid((d0 // 2, d0, d1, d3), neck, norm)
        self.scales = nn.ModuleList(
            nn.ModuleList(SpikingConv(head if k else neck, head, 3, False) for k in range(max(1, level))) for level in range(4))
        self.lif, self.classifier = Lif(), nn.Conv2d(head, classes, 1)
        nn.init.normal_(self.classifier.weight, std=0.01)
        nn.init.zeros_(self.classifier.bias)
        self.timesteps, self.fuse = timesteps, fuse
        for part in (self.fpn, self.scales, self):
            for name, neuron in neurons(part):
                if not name.startswith("backbone"):
                    neuron.timesteps, neuron.input_scale = 1 if fuse == "mean" else timesteps, input_scale

    def mean(self, u):
        return u.reshape(self.timesteps, -1, *u.shape[1:]).mean(0)

    def scale(self, convolutions, u, level):
        for convolution in convolutions:
            u = convolution(u)
            if level:
                u = F.interpolate(u, scale_factor=2, mode="bilinear", align_corners=False)
        return u

    def forward(self, x):
        """x: [B, C, H, W] -> logits [B, classes, ceil(H/2), ceil(W/2)]"""
        u, taps = x.repeat(self.timesteps, 1, 1, 1), []
        for i, stage in enumerate(self.backbone):
            u = stage(u)
            if i in self.taps:
                taps.append(self.mean(u) if self.fuse == "mean" else u)
        total = None
        for level, (convolutions, u) in enumerate(zip(self.scales, self.fpn(taps))):
            u = self.scale(convolutions, u, level)
            total = u if total is None else total + resize(u, total.shape[2:])
        logits = self.classifier(self.lif(total))
        return logits if self.fuse == "mean" else self.mean(logits)


def resize(u, size):
    return u if u.shape[2:] == size else F.interpolate(u, size=size, mode="bilinear", align_corners=False)


def pixel_loss(logits, labels):
    """Cross-entropy at the labels' size, summed over labelled pixels and divided by all pixels."""
    return F.cross_entropy(resize(logits, labels.shape[1:]), labels, ignore_index=IGNORED, reduction="none").mean()
