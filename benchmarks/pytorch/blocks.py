"""The blocks of Meta-SpikeFormer ("Spike-driven Transformer V2", Eq. 7-14), on [T*B, C, H, W].

Shortcuts add membrane potentials. Batch normalisation takes its statistics over T, B, H and W together.
"""
import torch
from torch import nn

from neurons import Lif


def conv_bn(cin, cout, window, stride=1, groups=1, bias=False):
    return nn.Sequential(nn.Conv2d(cin, cout, window, stride, window // 2, groups=groups, bias=bias), nn.BatchNorm2d(cout))


class Downsample(nn.Module):
    """Neuron, strided convolution, BN. The stem reads the image and has no neuron."""

    def __init__(self, cin, cout, window, stride, stem=False):
        super().__init__()
        self.lif = nn.Identity() if stem else Lif()
        self.conv = conv_bn(cin, cout, window, stride, bias=True)

    def forward(self, u):
        return self.conv(self.lif(u))


class SepConv(nn.Module):
    """Eq. 9: Conv_pw2(Conv_dw(SN(Conv_pw1(SN(U))))), a depthwise 7x7 between two 1x1, twice as wide inside."""

    def __init__(self, c):
        super().__init__()
        self.lif1, self.pw1 = Lif(), conv_bn(c, 2 * c, 1)
        self.lif2, self.dw = Lif(), nn.Conv2d(2 * c, 2 * c, 7, padding=3, groups=2 * c, bias=False)
        self.pw2 = conv_bn(2 * c, c, 1)

    def forward(self, u):
        return self.pw2(self.dw(self.lif2(self.pw1(self.lif1(u)))))


class ConvBlock(nn.Module):
    """Eq. 7, 8, 10: U' = U + SepConv(U); U'' = U' + Conv(SN(Conv(SN(U')))), 3x3, four times as wide inside."""

    def __init__(self, c, ratio=4):
        super().__init__()
        self.sep = SepConv(c)
        self.lif1, self.conv1 = Lif(), conv_bn(c, ratio * c, 3)
        self.lif2, self.conv2 = Lif(), conv_bn(ratio * c, c, 3)

    def forward(self, u):
        u = u + self.sep(u)
        return u + self.conv2(self.lif2(self.conv1(self.lif1(u))))


class RepConv(nn.Module):
    """1x1, BN, depthwise 3x3, 1x1, BN, BN; the border of the 3x3 is what the first BN makes of a zero pixel."""

    def __init__(self, c):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c, c, 1, bias=False), nn.BatchNorm2d(c)
        self.dw = nn.Conv2d(c, c, 3, groups=c, bias=False)
        self.conv2, self.bn2, self.bn3 = nn.Conv2d(c, c, 1, bias=False), nn.BatchNorm2d(c), nn.BatchNorm2d(c)

    def border(self):
        """By the running statistics, without a gradient."""
        bn = self.bn1
        return (bn.bias - bn.running_mean * bn.weight / (bn.running_var + bn.eps).sqrt()).detach()

    def forward(self, s):
        y = self.bn1(self.conv1(s))
        n, c, height, width = y.shape
        padded = self.border().view(1, c, 1, 1).expand(n, c, height + 2, width + 2).clone()
        padded[:, :, 1:-1, 1:-1] = y
        return self.bn3(self.bn2(self.conv2(self.dw(padded))))


class Attention(nn.Module):
    """Spike-driven self-attention: Q, K, V = SN(RepConv(SN(U))), one of the four operators, RepConv.

    SDSA-1: SN(sum over tokens of Q K) masks the channels of V. SDSA-2: the same mask from Q alone.
    SDSA-3: SN(Q (K^T V)), whose scale 1/8 is merged into the threshold. SDSA-4: that threshold is learnt.
    """

    def __init__(self, c, heads=8, sdsa=3):
        super().__init__()
        self.heads, self.sdsa = heads, sdsa
        self.lif = Lif()
        self.q, self.v, self.q_lif, self.v_lif = RepConv(c), RepConv(c), Lif(), Lif()
        if sdsa != 2:
            self.k, self.k_lif = RepConv(c), Lif()
        self.attn_lif = Lif(0.5, learnable=sdsa == 4)
        self.proj = RepConv(c)

    def tokens(self, s):
        """[N, C, H, W] -> [N, heads, HW, C/heads]"""
        n, c = s.shape[:2]
        return s.flatten(2).transpose(1, 2).reshape(n, -1, self.heads, c // self.heads).transpose(1, 2)

    def operator(self, q, k, v):
        n, c, height, width = q.shape
        if self.sdsa <= 2:
            together = q if self.sdsa == 2 else q * k
            return self.attn_lif(together.flatten(2).sum(2)).view(n, c, 1, 1) * v
        product = 0.125 * (self.tokens(q) @ (self.tokens(k).transpose(-2, -1) @ self.tokens(v)))
        return self.attn_lif(product.transpose(2, 3).reshape(n, c, height, width))

    def forward(self, u):
        s = self.lif(u)
        k = None if self.sdsa == 2 else self.k_lif(self.k(s))
        return self.proj(self.operator(self.q_lif(self.q(s)), k, self.v_lif(self.v(s))))


class Mlp(nn.Module):
    """Channel MLP of 1x1 convolutions, four times as wide inside."""

    def __init__(self, c, ratio=4):
        super().__init__()
        self.lif1, self.fc1 = Lif(), conv_bn(c, ratio * c, 1, bias=True)
        self.lif2, self.fc2 = Lif(), conv_bn(ratio * c, c, 1, bias=True)

    def forward(self, u):
        return self.fc2(self.lif2(self.fc1(self.lif1(u))))


class TransformerBlock(nn.Module):
    """Eq. 11-14: U' = U + RepConv(SDSA(Q, K, V)); U'' = U' + MLP(U')."""

    def __init__(self, c, heads=8, sdsa=3):
        super().__init__()
        self.attn, self.mlp = Attention(c, heads, sdsa), Mlp(c)

    def forward(self, u):
        u = u + self.attn(u)
        return u + self.mlp(u)
