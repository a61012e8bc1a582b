#!/usr/bin/env python3
"""Records a small network: logits, loss, firing rates, every gradient and statistic. OracleParityTest compares with them.

    record_network.py OUT.npz --dims 8,16,16,24 --depths 1,1 --size 64 --timesteps 2 --sdsa 3 --seed 3

model/src/test/resources/oracle/README.md has the options of every recording there. Keys: input, label, param/*, stat/* (running
statistics before), eval/logits, eval/rate/* (per timestep), train/{logits, loss, grad/*, stat/*}, margin.
"""
import argparse

import numpy as np
import torch
import torch.nn.functional as F

from network import MetaSpikeFormer, excite, randomise
from neurons import record


def integers(text):
    return tuple(int(part) for part in text.split(","))


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out", metavar="OUT.npz")
    p.add_argument("--dims", type=integers, default=(16, 32, 48, 64), help="widths of stages 1b, 2, 3, 4")
    p.add_argument("--depths", type=integers, default=(6, 2), help="transformer blocks of stages 3 and 4")
    for name, default in (("size", 64), ("timesteps", 2), ("batch", 2), ("classes", 10), ("channels", 3), ("sdsa", 3), ("seed", 0)):
        p.add_argument("--" + name, type=int, default=default)
    p.add_argument("--frames", action="store_true", help="one frame for each timestep instead of a static image")
    return p.parse_args()


def statistics(model):
    return {name: buffer.numpy().copy() for name, buffer in model.named_buffers() if "running" in name}


def margin(recordings):
    """The attention neuron compares multiples of 1/8 with 0.5, which is exact."""
    return min(r.margin for name, r in recordings.items() if "attn_lif" not in name)


def prefixed(prefix, tensors):
    return {prefix + name: tensor for name, tensor in tensors.items()}


def main():
    a = arguments()
    torch.manual_seed(a.seed)
    model = MetaSpikeFormer(a.dims, a.classes, a.channels, a.timesteps, a.sdsa, depths=a.depths)
    randomise(model, a.seed)
    excite(model)
    shape = (a.batch, a.channels, a.size, a.size)
    x = torch.randn((a.timesteps, *shape) if a.frames else shape)
    label = torch.randint(0, a.classes, (a.batch,))
    out = {"input": x.numpy(), "label": label.numpy(), **prefixed("stat/", statistics(model)),
           **prefixed("param/", {name: p.detach().numpy().copy() for name, p in model.named_parameters()})}

    recordings = record(model)
    model.eval()
    with torch.no_grad():
        out["eval/logits"] = model(x).numpy()
    out.update(prefixed("eval/rate/", {name: r.rates.numpy() for name, r in recordings.items()}))
    closest = margin(recordings)

    model.train()
    logits = model(x)
    loss = F.cross_entropy(logits, label, label_smoothing=0.1)
    loss.backward()
    closest = min(closest, margin(recordings))
    out.update({"train/logits": logits.detach().numpy(), "train/loss": loss.detach().numpy(), "margin": np.float32(closest),
                **prefixed("train/grad/", {name: p.grad.numpy() for name, p in model.named_parameters()}),
                **prefixed("train/stat/", statistics(model))})
    np.savez_compressed(a.out, **out)
    rates = [float(r.rates.mean()) for r in recordings.values()]
    print(f"{a.out}: {sum(p.numel() for p in model.parameters())} parameters, loss {float(loss):.6f}, margin {closest:.2e}, "
          f"rates {min(rates):.3f} to {max(rates):.3f}")


if __name__ == "__main__":
    main()
