#!/usr/bin/env python3
"""Records blocks of ablations and of other networks in PyTorch, for BlockParityTest.

    record_blocks.py OUT_FOLDER

Each file holds random parameters, an input, what the block makes of it with running and with batch statistics, and the
gradients of sum(output * weights). Names of tensors are those of this project's blocks. Seeds are searched until no membrane
potential lies near its threshold, so that rounding cannot flip a spike.
"""
import pathlib
import sys

import numpy as np
import torch
from torch import nn

from blocks import RepConv, conv_bn
from network import randomise
from neurons import Lif, neurons, record as record_neurons

T, BATCH, WIDTH, SIDE = 2, 2, 8, 6
SHIFT = 1.5  # of the biases of BN: single blocks fire often enough with it
SMALLEST_MARGIN = 2e-5


class Chain(nn.Module):
    """Normalised convolutions with neurons between them; reads spikes, gives a membrane potential."""

    def __init__(self, **convolutions):
        super().__init__()
        self.names = list(convolutions)
        self.convolutions = nn.ModuleList(convolutions.values())
        self.lifs = nn.ModuleList(Lif() for _ in self.names[1:])

    def forward(self, s):
        x = self.convolutions[0](s)
        for lif, convolution in zip(self.lifs, self.convolutions[1:]):
            x = convolution(lif(x))
        return x

    def tensors(self):
        return {n: c for n, c in zip(self.names, self.convolutions)}


class Separable(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.pw1, self.lif = conv_bn(c, 2 * c, 1), Lif()
        self.dw, self.pw2 = nn.Conv2d(2 * c, 2 * c, 7, 1, 3, groups=2 * c, bias=False), conv_bn(2 * c, c, 1)

    def forward(self, s):
        return self.pw2(self.dw(self.lif(self.pw1(s))))

    def tensors(self):
        return {"pointwise1": self.pw1, "depthwise": self.dw, "pointwise2": self.pw2}


class Attention(nn.Module):
    def __init__(self, c, heads, projection, output, operator="product"):
        super().__init__()
        self.heads, self.operator = heads, operator
        self.q, self.k, self.v, self.proj = projection(c), projection(c), projection(c), output(c)
        self.q_lif, self.k_lif, self.v_lif, self.attn_lif = Lif(), Lif(), Lif(), Lif(0.5)

    def split(self, s):
        return s.flatten(2).transpose(1, 2).reshape(s.shape[0], -1, self.heads, s.shape[1] // self.heads).transpose(1, 2)

    def forward(self, s):
        n, c, h, w = s.shape
        q, k, v = self.q_lif(self.q(s)), self.k_lif(self.k(s)), self.v_lif(self.v(s))
        if self.operator == "product":
            y = 0.125 * (self.split(q) @ (self.split(k).transpose(-2, -1) @ self.split(v)))
            y = self.attn_lif(y.transpose(2, 3).reshape(n, c, h, w))
        else:  # Spike-driven Transformer V1: what K and V have in common masks Q
            y = self.attn_lif((k * v).flatten(2).sum(2)).view(n, c, 1, 1) * q
        return self.proj(y)

    def tensors(self):
        return {"q": self.q, "k": self.k, "v": self.v, "proj": self.proj}


def linear(c):
    return conv_bn(c, c, 1)


def linear_with_bias(c):
    return conv_bn(c, c, 1, bias=True)


def mlp(c):
    return Chain(linear1=conv_bn(c, 4 * c, 1, bias=True), linear2=conv_bn(4 * c, c, 1, bias=True))


def channel(c, window=3):
    return Chain(conv1=conv_bn(c, 4 * c, window), conv2=conv_bn(4 * c, c, window))


class Residuals(nn.Module):
    def __init__(self, kind, *branches, shortcut=None):
        super().__init__()
        self.kind, self.branches, self.shortcut = kind, nn.ModuleList(branches), shortcut
        self.lifs = nn.ModuleList(Lif() for _ in branches)
        self.shortcut_lif = Lif() if shortcut is not None and kind == "sew" else None

    def forward(self, x):
        for lif, branch in zip(self.lifs, self.branches):
            skip = x if self.shortcut is None else self.shortcut(x)
            if self.kind == "membrane":
                x = skip + branch(lif(x))
            elif self.kind == "sew":
                x = (skip if self.shortcut_lif is None else self.shortcut_lif(skip)) + lif(branch(x))
            else:
                x = lif(branch(x) + skip)
        return x

    def tensors(self):
        found = {} if self.shortcut is None else {"shortcut": self.shortcut}
        for branch in self.branches:
            found.update(branch.tensors())
        return found


class Down(nn.Module):
    def __init__(self, cin, cout, window, stride, bias, fires, pools):
        super().__init__()
        self.conv, self.lif = conv_bn(cin, cout, window, stride, bias=bias), Lif() if fires else nn.Identity()
        self.pool = nn.MaxPool2d(3, 2, 1) if pools else nn.Identity()

    def forward(self, x):
        return self.pool(self.lif(self.conv(x)))

    def tensors(self):
        return {"conv": self.conv[0], "bn": self.conv[1]}


class Head(nn.Module):
    def __init__(self, c, classes, fires):
        super().__init__()
        self.lif, self.linear = Lif() if fires else nn.Identity(), nn.Linear(c, classes)

    def forward(self, x):
        return self.linear(self.lif(x).flatten(2).mean(2)).reshape(T, -1, self.linear.out_features).mean(0)

    def tensors(self):
        return {"linear": self.linear}


def basic(cin, cout, stride):
    return Chain(conv1=conv_bn(cin, cout, 3, stride), conv2=conv_bn(cout, cout, 3))


def bottleneck(cin, cout, stride):
    inner = cout // 4
    return Chain(conv1=conv_bn(cin, inner, 1), conv2=conv_bn(inner, inner, 3, stride), conv3=conv_bn(inner, cout, 1))


def cases(c=WIDTH, heads=2):
    yield "conv_none_membrane", Residuals("membrane", channel(c)), "membrane", c
    yield "conv_mlp_membrane", Residuals("membrane", Separable(c), channel(c, 1)), "membrane", c
    yield "conv_sew", Residuals("sew", Separable(c), channel(c)), "sums", c
    yield "conv_vanilla", Residuals("vanilla", Separable(c), channel(c)), "spikes", c
    yield "transformer_linear_qkv", Residuals("membrane", Attention(c, heads, linear, RepConv), mlp(c)), "membrane", c
    yield "transformer_linear_output", Residuals("membrane", Attention(c, heads, RepConv, linear), mlp(c)), "membrane", c
    yield "transformer_sew", Residuals("sew", Attention(c, heads, RepConv, RepConv), mlp(c)), "sums", c
    yield "transformer_vanilla", Residuals("vanilla", Attention(c, heads, RepConv, RepConv), mlp(c)), "spikes", c
    yield "transformer_spikformer", Residuals("sew", Attention(c, heads, linear, linear_with_bias), mlp(c)), "sums", c
    yield ("transformer_v1", Residuals("membrane", Attention(c, heads, linear, linear_with_bias, "mask"), mlp(c)),
           "membrane", c)
    yield "residual_ms", Residuals("membrane", basic(c, c, 1)), "membrane", c
    yield ("residual_ms_projected", Residuals("membrane", basic(c, 16, 2), shortcut=conv_bn(c, 16, 1, 2)), "membrane", c)
    yield "residual_sew", Residuals("sew", bottleneck(16, 16, 1)), "sums", 16
    yield ("residual_sew_projected", Residuals("sew", bottleneck(16, 32, 2), shortcut=conv_bn(16, 32, 1, 2)), "sums", 16)
    yield "residual_position", Residuals("sew", Chain(conv1=conv_bn(c, c, 3))), "sums", c
    yield "downsampling_after", Down(c, 16, 3, 2, True, True, False), "sums", c
    yield "downsampling_stem_after_pool", Down(3, c, 3, 1, False, True, True), "image", 3
    yield "downsampling_nowhere_pool", Down(c, 16, 3, 1, False, False, True), "spikes", c
    yield "head_mean", Head(c, 5, False), "sums", c
    yield "head_mean_of_spikes", Head(c, 5, True), "membrane", c


def named(tensors):
    """This project's names of parameters and statistics."""
    for name, module in tensors.items():
        if isinstance(module, RepConv):
            inner = {"conv1": module.conv1, "bn1": module.bn1, "dw": module.dw, "conv2": module.conv2,
                     "bn2": module.bn2, "bn3": module.bn3}
            yield from named({name + "." + k: v for k, v in inner.items()})
        elif isinstance(module, nn.Sequential):
            yield from named({name: module[0], name + ".bn": module[1]})
        else:
            for k, p in module.named_parameters():
                yield name + "." + k, p
            if isinstance(module, nn.BatchNorm2d):
                yield name + ".runningMean", module.running_mean
                yield name + ".runningVar", module.running_var


def given(kind, channels, seed):
    g = torch.Generator().manual_seed(seed)
    shape = (T * BATCH, channels, SIDE, SIDE)
    if kind == "sums":
        return torch.randint(0, 4, shape, generator=g).float()
    if kind == "spikes":
        return torch.randint(0, 2, shape, generator=g).float()
    return torch.randn(shape, generator=g) + (1 if kind == "membrane" else 0)


def record(index, seed):
    torch.manual_seed(seed)
    name, module, kind, channels = list(cases())[index]
    for _, neuron in neurons(module):
        neuron.timesteps = T
    randomise(module, seed, SHIFT)
    x = given(kind, channels, seed).requires_grad_()
    tensors = dict(named(module.tensors()))
    out = {"input": x.detach().numpy().copy()}
    out.update({"param/" + k: p.detach().numpy().copy() for k, p in tensors.items()})
    # the attention neuron's input is a multiple of 1/8 or 1: comparing it with 0.5 is exact
    recordings = [r for k, r in record_neurons(module).items() if "attn_lif" not in k]
    module.eval()
    with torch.no_grad():
        out["eval/output"] = module(x).numpy().copy()
    margins = [r.margin for r in recordings]
    module.train()
    y = module(x)
    margins += [r.margin for r in recordings]
    weights = torch.randn(y.shape, generator=torch.Generator().manual_seed(seed + 1))
    (y * weights).sum().backward()
    out.update({"train/output": y.detach().numpy(), "train/dOutput": weights.numpy()})
    if kind != "image":
        out["train/dInput"] = x.grad.numpy()
    for k, p in tensors.items():
        out["train/" + ("stat/" if "running" in k else "grad/") + k] = (p if "running" in k else p.grad).numpy()
    return name, out, min(margins, default=1.0)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    for index in range(len(list(cases()))):
        for seed in range(1, 400):
            name, out, margin = record(index, seed)
            if margin > SMALLEST_MARGIN:
                break
        else:
            sys.exit(f"{name}: expected a seed with a margin above {SMALLEST_MARGIN}, found none up to 399")
        np.savez_compressed(folder / f"{name}.npz", **out)
        print(f"{name}: seed {seed}, margin {margin:.1e}, mean output {float(np.mean(out['train/output'])):.3f}", flush=True)


if __name__ == "__main__":
    main()
