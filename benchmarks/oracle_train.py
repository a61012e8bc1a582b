#!/usr/bin/python3
"""The oracle's `train` command, resumable: the same model, data, recipe and random draws, saved after every epoch.

The oracle needs hours for its 15 epochs on 2 cores, longer than one may want to keep a machine; this driver continues
where it was stopped. Needs Debian's python3-torch, python3-numpy and python3-pil.

It computes the same values in less time: activations in the channels-last layout, freed memory kept by the process
instead of given back to the system after every operation, and at T = 1 a neuron as one autograd function instead of a dozen.

  benchmarks/oracle_train.py ORACLE.py TRAIN.tar.gz TEST.tar.gz STATE.pt [--epochs 15 --timesteps 1 --lr 4e-3 --init STATE.pt]
"""
import argparse
import importlib.util
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F


# glibc returns large blocks to the system at once otherwise, and every operation pays for fresh pages
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "8000000000", "MALLOC_TRIM_THRESHOLD_": "16000000000", "MALLOC_TOP_PAD_": "64000000"}


def load_oracle(path):
    spec = importlib.util.spec_from_file_location("oracle", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FusedSpike(torch.autograd.Function):
    """s = [x >= threshold] with the oracle's surrogate gradient: its neuron at T = 1 and input scale 1."""

    @staticmethod
    def forward(ctx, x, threshold, alpha):
        ctx.save_for_backward(x)
        ctx.neuron = threshold, alpha
        return torch.ge(x, threshold).to(x.dtype)

    @staticmethod
    def backward(ctx, grad):
        (x,), (threshold, alpha) = ctx.saved_tensors, ctx.neuron
        sig = torch.add(torch.tensor(-alpha * threshold), x, alpha=alpha).sigmoid_()
        return torch.ops.aten.sigmoid_backward(grad, sig).mul_(alpha), None, None


def fuse_neurons(oracle):
    plain = oracle.Lif.forward

    def forward(self, x):
        if self.T == 1 and self.input_scale == 1.0 and not oracle.Lif.track and not isinstance(self.threshold, torch.nn.Parameter):
            return FusedSpike.apply(x, self.threshold, self.alpha)
        return plain(self, x)

    oracle.Lif.forward = forward


def main():
    p = argparse.ArgumentParser()
    for name in ("oracle", "train", "test", "state"):
        p.add_argument(name)
    for name, kind, default in (("--epochs", int, 15), ("--warmup", int, 1), ("--timesteps", int, 1), ("--batch", int, 128),
                                ("--lr", float, 4e-3), ("--threads", int, 2), ("--seed", int, 0), ("--init", str, None)):
        p.add_argument(name, type=kind, default=default)
    a = p.parse_args()
    oracle = load_oracle(a.oracle)
    fuse_neurons(oracle)
    torch.manual_seed(a.seed)
    np.random.seed(a.seed)
    torch.set_num_threads(a.threads)
    torch.set_flush_denormal(True)
    (x, y), (xt, yt) = oracle.load_tar(a.train), oracle.load_tar(a.test)
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)))
    norm = lambda u: (u.float() / 255 - mean) / std
    m = oracle.MetaSpikeFormer(timesteps=a.timesteps, **oracle.TINY).to(memory_format=torch.channels_last)
    if a.init:
        m.load_state_dict(torch.load(a.init)["model"])
    decay = [q for q in m.parameters() if q.dim() > 1]
    plain = [q for q in m.parameters() if q.dim() <= 1]
    opt = torch.optim.AdamW([{"params": decay, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0.0}], a.lr)
    per_epoch = len(x) // a.batch
    total, warm = a.epochs * per_epoch, per_epoch * a.warmup
    first, step = 0, 0
    if os.path.exists(a.state):
        s = torch.load(a.state)
        m.load_state_dict(s["model"])
        opt.load_state_dict(s["optimizer"])
        first, step = s["epoch"], s["step"]
        torch.set_rng_state(s["torch_rng"])
        np.random.set_state(s["numpy_rng"])
    for epoch in range(first, a.epochs):
        start = time.process_time()
        m.train()
        order, seen, loss_sum = torch.randperm(len(x)), 0, 0.0
        for i in range(per_epoch):
            idx = order[i * a.batch:(i + 1) * a.batch]
            u = F.pad(x[idx], (4, 4, 4, 4))
            dy, dx = np.random.randint(0, 9, 2)
            u = norm(u[:, :, dy:dy + 32, dx:dx + 32])
            flip = torch.rand(len(idx)) < 0.5
            u[flip] = u[flip].flip(3)
            lr = a.lr * (step / max(1, warm) if step < warm else 0.5 * (1 + np.cos(np.pi * (step - warm) / (total - warm))))
            for g in opt.param_groups:
                g["lr"] = lr
            opt.zero_grad()
            loss = F.cross_entropy(m(u.contiguous(memory_format=torch.channels_last)), y[idx], label_smoothing=0.1)
            loss.backward()
            opt.step()
            step, seen, loss_sum = step + 1, seen + len(idx), loss_sum + float(loss.detach()) * len(idx)
        m.eval()
        with torch.no_grad():
            hits = sum(int((m(norm(xt[i:i + 500])).argmax(1) == yt[i:i + 500]).sum()) for i in range(0, len(xt), 500))
        took = (time.process_time() - start) / a.threads
        print(f"epoch {epoch + 1}: loss {loss_sum / seen:.4f}, test top-1 {100 * hits / len(xt):.2f} %, {took:.0f} s of processor time a thread", flush=True)
        state = {"model": m.state_dict(), "optimizer": opt.state_dict(), "epoch": epoch + 1, "step": step,
                 "torch_rng": torch.get_rng_state(), "numpy_rng": np.random.get_state()}
        torch.save(state, a.state + ".part")
        os.replace(a.state + ".part", a.state)


if __name__ == "__main__":
    if not KEEP_MEMORY.keys() <= os.environ.keys():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **KEEP_MEMORY})
    main()
