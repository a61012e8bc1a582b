#!/usr/bin/env python3
"""Records a small E-SpikeFormer: logits, loss, mean integers, every gradient and statistic. SuccessorParityTest compares with them.

    record_efficient.py OUT.npz --timesteps 2 --seed 3
    record_efficient.py --parameters                     counts the parameters of the released sizes

model/src/test/resources/efficient/README.md has the options of every recording there, and its keys.
"""
import argparse

import numpy as np
import torch
import torch.nn.functional as F

from efficient import WIDTHS, ESpikeFormer, liven
from network import settle
from neurons import record
from record_network import integers
from record_yolo import shortened


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out", metavar="OUT.npz", nargs="?")
    p.add_argument("--parameters", action="store_true")
    p.add_argument("--dims", type=integers, default=(8, 8, 8, 16), help="widths of stages 1b, 2, 3, 4")
    p.add_argument("--depths", type=integers, default=(1, 1), help="transformer blocks of stages 3 and 4")
    for name, default in (("size", 48), ("timesteps", 1), ("levels", 4), ("heads", 4), ("batch", 2), ("classes", 10), ("seed", 0)):
        p.add_argument("--" + name, type=int, default=default)
    p.add_argument("--search", type=int, default=0, help="tries so many seeds and takes that of the widest margin")
    return p.parse_args()


def tensors(model, gradients=False):
    """Parameters, or their gradients, and running statistics, in the order of the checkpoint."""
    trained = dict(model.named_parameters())
    state = {name: t for name, t in model.state_dict().items() if "num_batches" not in name}
    return {name: (shortened(trained[name].grad.numpy()) if gradients and name in trained else t.numpy().copy()) for name, t in state.items()}


def flat(values):
    return np.concatenate([v.reshape(-1) for v in values.values()])


def build(a, seed):
    """A network whose layers fire, with weights of few digits, images and labels."""
    torch.manual_seed(seed)
    model = ESpikeFormer(a.dims, a.classes, 3, a.timesteps, a.levels, a.heads, a.depths)
    liven(model, a.levels)
    x = torch.randn(a.batch, 3, a.size, a.size).half().float()
    settle(model, x)
    for tensor in (*model.parameters(), *(b for n, b in model.named_buffers() if "running" in n)):
        tensor.data.copy_(tensor.data.half())  # a smaller file
    return model, x, torch.randint(0, a.classes, (a.batch,))


def run(a, seed):
    model, x, label = build(a, seed)
    state = tensors(model)
    names = "\n".join(name + " " + ",".join(map(str, t.shape)) for name, t in state.items())
    out = {"input": x.numpy(), "label": label.numpy(), "levels": np.int32(a.levels), "timesteps": np.int32(a.timesteps),
           "heads": np.int32(a.heads), "names": np.frombuffer(names.encode(), np.uint8), "state": flat(state)}
    recordings = record(model)
    model.eval()
    with torch.no_grad():
        out["eval/logits"] = model(x).numpy()
    out["eval/means"] = np.stack([r.rates.numpy() for r in recordings.values()])
    margin = min(r.margin for r in recordings.values())
    model.train()
    logits = model(x)
    loss = F.cross_entropy(logits, label, label_smoothing=0.1)
    loss.backward()
    margin = min(margin, *(r.margin for r in recordings.values()))
    out.update({"train/logits": logits.detach().numpy(), "train/loss": loss.detach().numpy(), "margin": np.float32(margin),
                "train/gradients": flat(tensors(model, gradients=True))})
    return out, margin


def main():
    a = arguments()
    if a.parameters:
        for name, widths in WIDTHS.items():
            print(name, sum(p.numel() for p in ESpikeFormer(widths).parameters()))
        return
    seeds = range(a.search) if a.search else [a.seed]
    margins = {seed: run(a, seed)[1] for seed in seeds} if a.search else {a.seed: 0}
    seed = max(margins, key=margins.get)
    out, margin = run(a, seed)
    np.savez_compressed(a.out, **out)
    means = out["eval/means"].mean(1)
    print(f"{a.out}: seed {seed}, loss {float(out['train/loss']):.6f}, margin {margin:.2e}, mean integers {means.min():.3f} to {means.max():.3f}: "
          + " ".join(f"{m:.2f}" for m in means))


if __name__ == "__main__":
    main()
