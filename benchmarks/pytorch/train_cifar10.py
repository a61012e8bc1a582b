#!/usr/bin/env python3
"""Trains the `tiny` preset on CIFAR-10 by the recipe of conf/recipes/cifar10-tiny-t1.yaml; stopped, it goes on from STATE.pt.

    train_cifar10.py TRAIN.tar.gz TEST.tar.gz STATE.pt [--epochs 15 --timesteps 1 --lr 4e-3 --init OTHER_STATE.pt]

AdamW, weight decay 0.05 but on vectors, a linear warm-up, cosine decay, label smoothing 0.1, shifts of up to 4 pixels and flips.
The archives hold SPLIT/CLASS/NAME.png (or .jpg) of 32x32 pixels; benchmarks/cifar10_images.py makes them. STATE.pt is written after
every epoch. Activations are channels-last, and at T = 1 a neuron is one autograd function: the same values in less time.
"""
import argparse
import io
import math
import os
import sys
import tarfile
import time

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from network import TINY, MetaSpikeFormer
from neurons import Lif

# glibc else gives large blocks back to the system at once, and every operation pays for fresh pages
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "8000000000", "MALLOC_TRIM_THRESHOLD_": "16000000000", "MALLOC_TOP_PAD_": "64000000"}
MEAN, DEVIATION = (torch.tensor(v).view(1, 3, 1, 1) for v in ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)))
SIDE, SHIFT = 32, 4
EVALUATED_AT_ONCE = 500


class SingleStepSpike(torch.autograd.Function):
    """[x >= threshold] and its surrogate gradient: the whole neuron at T = 1 and input scale 1."""

    @staticmethod
    def forward(ctx, x, threshold, alpha):
        ctx.save_for_backward(x)
        ctx.neuron = threshold, alpha
        return torch.ge(x, threshold).to(x.dtype)

    @staticmethod
    def backward(ctx, gradient):
        (x,), (threshold, alpha) = ctx.saved_tensors, ctx.neuron
        sigma = torch.add(torch.tensor(-alpha * threshold), x, alpha=alpha).sigmoid_()
        return torch.ops.aten.sigmoid_backward(gradient, sigma).mul_(alpha), None, None


def fuse_neurons():
    """Takes the short way for neurons of one timestep."""
    every_timestep = Lif.forward

    def forward(self, x):
        single = self.timesteps == 1 and self.input_scale == 1.0 and self.recording is None
        if single and not isinstance(self.threshold, torch.nn.Parameter):
            return SingleStepSpike.apply(x, self.threshold, self.alpha)
        return every_timestep(self, x)

    Lif.forward = forward


def load(path):
    """uint8 images [N, 3, 32, 32] and labels [N]; classes in the order of their folders' names."""
    names, images = [], []
    with tarfile.open(path) as tar:
        for member in tar:
            if member.isfile():
                names.append(member.name.split("/")[1])
                images.append(np.asarray(Image.open(io.BytesIO(tar.extractfile(member).read())).convert("RGB")))
    classes = sorted(set(names))
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2), torch.tensor([classes.index(name) for name in names])


def normalise(pixels):
    return (pixels.float() / 255 - MEAN) / DEVIATION


def augment(pixels):
    """One shift for the minibatch, a flip for each image."""
    padded = F.pad(pixels, (SHIFT,) * 4)
    top, left = np.random.randint(0, 2 * SHIFT + 1, 2)
    x = normalise(padded[:, :, top:top + SIDE, left:left + SIDE])
    flipped = torch.rand(len(x)) < 0.5
    x[flipped] = x[flipped].flip(3)
    return x.contiguous(memory_format=torch.channels_last)


def learning_rate(base, step, steps, warm_up):
    if step < warm_up:
        return base * step / max(1, warm_up)
    return base * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / (steps - warm_up)))


def optimizer_of(model, rate):
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": 0.05}, {"params": vectors, "weight_decay": 0.0}], rate)


def train_epoch(model, optimizer, data, rates, batch):
    """One epoch in a fresh order; gives the mean loss."""
    images, labels = data
    model.train()
    order, total = torch.randperm(len(images)), 0.0
    for i, rate in enumerate(rates):
        chosen = order[i * batch:(i + 1) * batch]
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        loss = F.cross_entropy(model(augment(images[chosen])), labels[chosen], label_smoothing=0.1)
        loss.backward()
        optimizer.step()
        total += float(loss.detach())
    return total / len(rates)


def top1(model, data):
    """Percent of the images whose class is answered first."""
    images, labels = data
    model.eval()
    with torch.no_grad():
        answers = torch.cat([model(normalise(part)).argmax(1) for part in images.split(EVALUATED_AT_ONCE)])
    return 100 * float((answers == labels).double().mean())


def resume(path, model, optimizer):
    """Epochs that are done."""
    if not os.path.exists(path):
        return 0
    state = torch.load(path, weights_only=False)  # numpy's generator is no tensor; the file is our own
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["torch_rng"])
    np.random.set_state(state["numpy_rng"])
    return state["epoch"]


def save(path, model, optimizer, epoch):
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch,
             "torch_rng": torch.get_rng_state(), "numpy_rng": np.random.get_state()}
    torch.save(state, path + ".part")
    os.replace(path + ".part", path)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("train", "test", "state"):
        p.add_argument(name)
    for name, kind, default in (("epochs", int, 15), ("warmup", int, 1), ("timesteps", int, 1), ("batch", int, 128),
                                ("lr", float, 4e-3), ("threads", int, 2), ("seed", int, 0), ("init", str, None)):
        p.add_argument("--" + name, type=kind, default=default)
    return p.parse_args()


def main():
    a = arguments()
    fuse_neurons()
    torch.manual_seed(a.seed)
    np.random.seed(a.seed)
    torch.set_num_threads(a.threads)
    torch.set_flush_denormal(True)
    train, test = load(a.train), load(a.test)
    model = MetaSpikeFormer(timesteps=a.timesteps, **TINY).to(memory_format=torch.channels_last)
    if a.init:
        model.load_state_dict(torch.load(a.init, weights_only=False)["model"])
    optimizer = optimizer_of(model, a.lr)
    per_epoch = len(train[0]) // a.batch
    for epoch in range(resume(a.state, model, optimizer), a.epochs):
        start = time.process_time()
        rates = [learning_rate(a.lr, epoch * per_epoch + i, a.epochs * per_epoch, a.warmup * per_epoch) for i in range(per_epoch)]
        loss = train_epoch(model, optimizer, train, rates, a.batch)
        accuracy = top1(model, test)
        seconds = (time.process_time() - start) / a.threads
        print(f"epoch {epoch + 1}: loss {loss:.4f}, test top-1 {accuracy:.2f} %, {seconds:.0f} s of processor time a thread", flush=True)
        save(a.state, model, optimizer, epoch + 1)


if __name__ == "__main__":
    if not KEEP_MEMORY.keys() <= os.environ.keys():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **KEEP_MEMORY})
    main()
