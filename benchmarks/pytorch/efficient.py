"""E-SpikeFormer (Spike-driven Transformer V3, Base), whose neurons fire integers; tensors carry the released checkpoints' names.

It has the stages of Meta-SpikeFormer. Every convolution has its own neuron in front and BN behind, in SepConv too.
Transformer blocks begin with a SepConv; their projections are 1x1 convolutions, and V is four times as wide.
"""
import math

import torch
from torch import nn

from neurons import Lif, neurons

WIDTHS = {"2.7M": (24, 48, 96, 128), "5.1M": (32, 64, 128, 192), "10M": (48, 96, 192, 240), "19M": (64, 128, 256, 360)}
WIDE = 4  # channels of V, and of everything that is wider inside, by those of the block


class Integer(torch.autograd.Function):
    """n = u clamped to 0..levels and rounded, half to even; its gradient is 1 from 0 to levels, both included."""

    @staticmethod
    def forward(ctx, u, levels):
        ctx.save_for_backward((u >= 0) & (u <= levels))
        return torch.round(torch.clamp(u, 0, levels))

    @staticmethod
    def backward(ctx, gradient):
        (inside,) = ctx.saved_tensors
        return gradient * inside, None


class IntegerLif(Lif):
    """h[t] = (1 - 1/tau) v[t-1] + x[t]; n[t] an integer from 0 to D; v[t] = h[t] - n[t]. Hands on n / D, or n if whole."""

    def __init__(self, whole=False):
        super().__init__(1.0, tau=4 / 3)
        self.input_scale, self.whole, self.levels, self.exact = 1.0, whole, 4, torch.tensor(False)

    def distance(self, h):
        """Of each h from where n or its gradient changes; infinite where that is exact: at 0, a sum of nothing, or everywhere."""
        edge = torch.minimum(h.abs(), (h - self.levels).abs())
        half = (h - 0.5 - torch.round(h - 0.5)).abs()
        nearest = torch.where((h > 0) & (h < self.levels), torch.minimum(edge, half), edge)
        return torch.where((h == 0) | self.exact, torch.inf, nearest)

    def forward(self, x):
        steps = x.reshape(self.timesteps, -1, *x.shape[1:])
        v, fired, distances = torch.zeros_like(steps[0]), [], []
        for x_t in steps:
            h = self.charge(v, x_t)
            n = Integer.apply(h, self.levels)
            v = h - n.detach()
            fired.append(n)
            if self.recording is not None:
                distances.append(self.distance(h.detach()).min())
        n = torch.stack(fired)
        if self.recording is not None:
            self.recording.note(n, distances)
        return n.flatten(0, 1) / (1 if self.whole else self.levels)


def conv_bn(cin, cout, window=1, groups=1):
    return nn.Sequential(nn.Conv2d(cin, cout, window, padding=window // 2, groups=groups, bias=False), nn.BatchNorm2d(cout))


class Downsample(nn.Module):
    def __init__(self, cin, cout, window, stride, stem=False):
        super().__init__()
        self.lif = nn.Identity() if stem else IntegerLif()
        self.encode_conv, self.encode_bn = nn.Conv2d(cin, cout, window, stride, window // 2), nn.BatchNorm2d(cout)

    def forward(self, u):
        return self.encode_bn(self.encode_conv(self.lif(u)))


class SepConv(nn.Module):
    """1x1 to twice the width, depthwise, 1x1 back."""

    def __init__(self, c, window):
        super().__init__()
        self.lif1, self.pwconv1 = IntegerLif(), conv_bn(c, 2 * c)
        self.lif2, self.dwconv = IntegerLif(), conv_bn(2 * c, 2 * c, window, 2 * c)
        self.lif3, self.pwconv2 = IntegerLif(), conv_bn(2 * c, c)

    def forward(self, u):
        u = self.pwconv1(self.lif1(u))
        u = self.dwconv(self.lif2(u))
        return self.pwconv2(self.lif3(u))


class ConvBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.Conv = SepConv(c, 7)
        self.lif1, self.conv1, self.bn1 = IntegerLif(), nn.Conv2d(c, WIDE * c, 3, padding=1, bias=False), nn.BatchNorm2d(WIDE * c)
        self.lif2, self.conv2, self.bn2 = IntegerLif(), nn.Conv2d(WIDE * c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c)

    def forward(self, u):
        u = u + self.Conv(u)
        return u + self.bn2(self.conv2(self.lif2(self.bn1(self.conv1(self.lif1(u))))))


class Attention(nn.Module):
    """SN(scale Q (K^T V)) with the scale 2 / sqrt(C / heads)."""

    def __init__(self, c, heads):
        super().__init__()
        self.heads, self.scale = heads, 2 / (c / heads) ** 0.5
        self.lif = IntegerLif()
        self.q_conv, self.q_lif = conv_bn(c, c), IntegerLif()
        self.k_conv, self.k_lif = conv_bn(c, c), IntegerLif()
        self.v_conv, self.v_lif = conv_bn(c, WIDE * c), IntegerLif()
        self.attn_lif, self.proj_conv = IntegerLif(), conv_bn(WIDE * c, c)
        self.attn_lif.exact = torch.tensor(math.log2(self.scale) % 1 == 0)  # then its drive is a multiple of a power of two

    def tokens(self, s):
        """[N, C, H, W] -> [N, heads, HW, C/heads]"""
        return s.reshape(s.shape[0], self.heads, -1, s.shape[2] * s.shape[3]).transpose(2, 3)

    def forward(self, u):
        s = self.lif(u)
        q, k, v = self.q_lif(self.q_conv(s)), self.k_lif(self.k_conv(s)), self.v_lif(self.v_conv(s))
        mixed = self.tokens(q) @ (self.tokens(k).transpose(2, 3) @ self.tokens(v)) * self.scale
        return self.proj_conv(self.attn_lif(mixed.transpose(2, 3).reshape(v.shape)))


class Mlp(nn.Module):
    """On [N, C, HW], so that its convolutions are one-dimensional."""

    def __init__(self, c):
        super().__init__()
        self.lif1, self.fc1_conv, self.fc1_bn = IntegerLif(), nn.Conv1d(c, WIDE * c, 1), nn.BatchNorm1d(WIDE * c)
        self.lif2, self.fc2_conv, self.fc2_bn = IntegerLif(), nn.Conv1d(WIDE * c, c, 1), nn.BatchNorm1d(c)

    def forward(self, u):
        y = self.fc1_bn(self.fc1_conv(self.lif1(u.flatten(2))))
        return self.fc2_bn(self.fc2_conv(self.lif2(y))).reshape(u.shape)


class Block(nn.Module):
    def __init__(self, c, heads):
        super().__init__()
        self.conv, self.attn, self.mlp = SepConv(c, 3), Attention(c, heads), Mlp(c)

    def forward(self, u):
        u = u + self.conv(u)
        u = u + self.attn(u)
        return u + self.mlp(u)


class ESpikeFormer(nn.Module):
    """A static image is shown T times, the logits are the mean over T."""

    def __init__(self, widths=WIDTHS["5.1M"], classes=1000, channels=3, timesteps=1, levels=4, heads=8, depths=(6, 2)):
        super().__init__()
        a, b, c, d = widths
        self.downsample1_1, self.ConvBlock1_1 = Downsample(channels, a // 2, 7, 2, stem=True), nn.Sequential(ConvBlock(a // 2))
        self.downsample1_2, self.ConvBlock1_2 = Downsample(a // 2, a, 3, 2), nn.Sequential(ConvBlock(a))
        self.downsample2, self.ConvBlock2_1 = Downsample(a, b, 3, 2), nn.Sequential(ConvBlock(b))
        self.ConvBlock2_2 = nn.Sequential(ConvBlock(b))
        self.downsample3, self.block3 = Downsample(b, c, 3, 2), nn.Sequential(*[Block(c, heads) for _ in range(depths[0])])
        self.downsample4, self.block4 = Downsample(c, d, 3, 1), nn.Sequential(*[Block(d, heads) for _ in range(depths[1])])
        self.lif, self.head = IntegerLif(whole=True), nn.Linear(d, classes)
        self.timesteps = timesteps
        for _, neuron in neurons(self):
            neuron.timesteps, neuron.levels = timesteps, levels

    def forward(self, x):
        """x: [B, C, H, W] -> logits [B, classes]"""
        u = x.repeat(self.timesteps, 1, 1, 1)
        for name, part in self.named_children():
            if name not in ("lif", "head"):
                u = part(u)
        logits = self.head(self.lif(u.flatten(2).mean(2)))
        return logits.reshape(self.timesteps, -1, logits.shape[1]).mean(0)


def liven(model, levels=4):
    """Random normalisations, so that all layers fire."""
    for m in model.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            m.weight.data.uniform_(0.8, 1.8).mul_(levels / 4)
            m.bias.data.normal_(0.5, 0.5).mul_(levels / 4)
