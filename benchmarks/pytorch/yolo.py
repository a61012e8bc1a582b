"""The spike-driven one-stage detector on Meta-SpikeFormer, after YOLOv5: coco-yolo-16m has 16,777,285 parameters.

Every layer is a unit: neuron, convolution without bias, BN. The two 1x1 that begin a C3 read the same spikes, so that they are one
convolution to both halves. Pooling works on spikes: a unit with pooling has it between its neuron and its convolution. Maps lie side
by side as membrane potentials. Every map is as large as its stride says, rounded up, so that images may have any size.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

from network import WIDTHS, MetaSpikeFormer
from neurons import Lif, neurons
from segmentation import SpikingConv

# pixels, of the levels with strides 8, 16 and 32: width and height of each anchor
ANCHORS = (((10, 13), (16, 30), (33, 23)), ((30, 61), (62, 45), (59, 119)), ((116, 90), (156, 198), (373, 326)))
STRIDES = (8, 16, 32)
BOX = 4


class PooledConv(SpikingConv):
    """A 1x1 unit that reads pooled spikes, of which `rates` is the share at each timestep of the last call."""

    def __init__(self, cin, cout, pool):
        super().__init__(cin, cout, 1, False)
        self.pool, self.rates = pool, None

    def forward(self, u):
        spikes = self.pool(self.lif(u))
        self.rates = spikes.detach().reshape(self.lif.timesteps, -1).mean(1)
        return self.bn(self.conv(spikes))


def halved(spikes):
    """Maxima of 2x2 at every second pixel; the last one of an odd size is of what is there."""
    return F.max_pool2d(spikes, 2, ceil_mode=True)


def wider(spikes):
    """The spikes, and their maxima in windows of 5x5, 9x9 and 13x13, side by side."""
    maps = [spikes]
    for _ in range(3):
        maps.append(F.max_pool2d(maps[-1], 5, 1, 2))
    return torch.cat(maps, 1)


class CrossStage(nn.Module):
    """C3 with one bottleneck and no shortcut inside: 1x1 and 3x3 on the first half, then 1x1 on both."""

    def __init__(self, cin, cout):
        super().__init__()
        self.half = cout // 2
        self.split = SpikingConv(cin, 2 * self.half, 1, False)
        self.inner1, self.inner2 = SpikingConv(self.half, self.half, 1, False), SpikingConv(self.half, self.half, 3, False)
        self.merge = SpikingConv(2 * self.half, cout, 1, False)

    def forward(self, u):
        first, second = self.split(u).split(self.half, 1)
        return self.merge(torch.cat((self.inner2(self.inner1(first)), second), 1))


class Aggregation(nn.Module):
    """Path aggregation (PAN) behind spatial pyramid pooling (SPPF), on maps at strides 8, 16 and 16."""

    def __init__(self, taps, widths):
        super().__init__()
        t3, t4, t5 = taps
        w3, w4, w5 = widths
        self.pooling1, self.pooling2 = PooledConv(t5, w5 // 2, halved), PooledConv(w5 // 2 * 4, w5, wider)
        self.lateral5, self.top_down4 = SpikingConv(w5, w4, 1, False), CrossStage(w4 + t4, w4)
        self.lateral4, self.top_down3 = SpikingConv(w4, w3, 1, False), CrossStage(w3 + t3, w3)
        self.step3, self.bottom_up4 = SpikingConv(w3, w3, 3, False, 2), CrossStage(2 * w3, w4)
        self.step4, self.bottom_up5 = SpikingConv(w4, w4, 3, False, 2), CrossStage(2 * w4, w5)

    def forward(self, taps):
        u3, u4, u5 = taps
        lateral5 = self.lateral5(self.pooling2(self.pooling1(u5)))
        lateral4 = self.lateral4(self.top_down4(beside(lateral5, u4)))
        out3 = self.top_down3(beside(lateral4, u3))
        out4 = self.bottom_up4(torch.cat((self.step3(out3), lateral4), 1))
        return out3, out4, self.bottom_up5(torch.cat((self.step4(out4), lateral5), 1))


def beside(coarse, fine):
    return torch.cat((F.interpolate(coarse, size=fine.shape[2:], mode="nearest"), fine), 1)


class Answer(nn.Module):
    """Neuron and 1x1 with bias: for each anchor of a cell its box, objectness and classes."""

    def __init__(self, cin, anchors, classes, stride):
        super().__init__()
        self.lif, self.conv = Lif(), nn.Conv2d(cin, anchors * (BOX + 1 + classes), 1)
        bias = torch.zeros(anchors, BOX + 1 + classes)
        bias[:, BOX] = math.log(8 / (640 / stride) ** 2)  # eight objects in an image of 640 pixels
        bias[:, BOX + 1:] = math.log(0.6 / (classes - 0.99999))
        self.conv.bias.data = bias.flatten()

    def forward(self, u):
        return self.conv(self.lif(u))


class Yolo(nn.Module):
    """widths: channels of the three levels that answer"""

    def __init__(self, widths=WIDTHS["15M"], neck=(96, 192, 360), classes=80, timesteps=1, depths=(6, 2), input_scale=None, anchors=ANCHORS):
        super().__init__()
        self.stages = MetaSpikeFormer(widths, 1, depths=depths).stages
        self.taps = (6, 7 + depths[0], len(self.stages) - 1)
        self.neck = Aggregation(widths[1:], neck)
        self.answers = nn.ModuleList(Answer(w, len(a), classes, s) for w, a, s in zip(neck, anchors, STRIDES))
        self.timesteps, self.anchors, self.classes = timesteps, anchors, classes
        for _, neuron in neurons(self):
            neuron.timesteps, neuron.input_scale = timesteps, input_scale

    def forward(self, x):
        """x: [B, C, H, W] -> for each level [B, ceil(H / stride), ceil(W / stride), anchors, 5 + classes], means over T"""
        u, taps = x.repeat(self.timesteps, 1, 1, 1), []
        for i, stage in enumerate(self.stages):
            u = stage(u)
            if i in self.taps:
                taps.append(u)
        return [self.form(answer(out)) for answer, out in zip(self.answers, self.neck(taps))]

    def form(self, u):
        mean = u.reshape(self.timesteps, -1, *u.shape[1:]).mean(0)
        return mean.permute(0, 2, 3, 1).unflatten(3, (-1, BOX + 1 + self.classes))
