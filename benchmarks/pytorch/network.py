"""Meta-SpikeFormer for classification, and random weights under which every layer fires."""
import torch
from torch import nn

from blocks import Attention, ConvBlock, Downsample, TransformerBlock
from neurons import Lif, neurons

# widths of stages 1b, 2, 3 and 4; stage 1a has half the first
WIDTHS = {"15M": (64, 128, 256, 360), "31M": (96, 192, 384, 480), "55M": (128, 256, 512, 640)}

# `tiny`, for 32x32 images: a 3x3 stem of stride 1, and the paper's neuron, since a small network with halved input hardly fires
TINY = {"widths": (32, 64, 128, 192), "depths": (2, 1), "stem": (3, 1), "classes": 10, "input_scale": 1.0}


class MetaSpikeFormer(nn.Module):
    """Four stages of convolution and transformer blocks; a static image is shown T times, the logits are the mean over T."""

    def __init__(self, widths=WIDTHS["15M"], classes=1000, channels=3, timesteps=1, sdsa=3, heads=8, depths=(6, 2),
                 stem=(7, 2), input_scale=None):
        super().__init__()
        d0, d1, d2, d3 = widths
        self.stages = nn.Sequential(
            Downsample(channels, d0 // 2, *stem, stem=True), ConvBlock(d0 // 2),
            Downsample(d0 // 2, d0, 3, 2), ConvBlock(d0),
            Downsample(d0, d1, 3, 2), ConvBlock(d1), ConvBlock(d1),
            Downsample(d1, d2, 3, 2), *[TransformerBlock(d2, heads, sdsa) for _ in range(depths[0])],
            Downsample(d2, d3, 3, 1), *[TransformerBlock(d3, heads, sdsa) for _ in range(depths[1])])
        self.lif, self.head = Lif(), nn.Linear(d3, classes)
        self.timesteps = timesteps
        for _, neuron in neurons(self):
            neuron.timesteps, neuron.input_scale = timesteps, input_scale

    def forward(self, x):
        """x: [B, C, H, W], or [T, B, C, H, W] with one frame a timestep -> logits [B, classes]"""
        if x.dim() == 4:
            x = x.unsqueeze(0).repeat(self.timesteps, 1, 1, 1, 1)
        u = self.stages(x.flatten(0, 1))
        logits = self.head(self.lif(u.flatten(2).mean(2)))
        return logits.reshape(self.timesteps, -1, logits.shape[1]).mean(0)


def randomise(module, seed, shift=0.8):
    """Random weights and statistics of every BN; `shift` of their biases decides how often the neurons behind them fire."""
    g = torch.Generator().manual_seed(seed)
    for m in module.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.weight.data.copy_(torch.rand(m.weight.shape, generator=g) + 0.8)
            m.bias.data.copy_(torch.randn(m.bias.shape, generator=g) * 0.5 + shift)
            m.running_mean.copy_(torch.randn(m.bias.shape, generator=g) * 0.1)
            m.running_var.copy_(torch.rand(m.bias.shape, generator=g) + 0.5)


def excite(model):
    """Lets queries, keys and values of a randomised network fire often enough for the attention's threshold."""
    for m in model.modules():
        if isinstance(m, Attention):
            for projection in (m.q, m.v) + (() if m.sdsa == 2 else (m.k,)):
                projection.bn3.bias.data.add_(1.0)


def settle(model, x):
    """Running statistics near those of the images, so that every layer fires in evaluation as well."""
    norms = [m for m in model.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    for m in norms:
        m.momentum = 1.0
    with torch.no_grad():
        model(x)
    for m in norms:
        m.momentum = 0.1
        m.running_mean.add_(0.1 * m.running_var.sqrt() * torch.randn(m.running_var.shape))
        m.running_var.mul_(torch.rand(m.running_var.shape) * 0.6 + 0.7)
