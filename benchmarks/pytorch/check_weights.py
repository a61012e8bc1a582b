#!/usr/bin/env python3
"""Does an imported PyTorch checkpoint give PyTorch's logits?

For each preset, T and head: the network with random weights is saved as a .pth under the released models' names, imported with
`jobs/spikeformer import-torch`, run with `jobs/spikeformer infer` on random images, and the logits are compared; then it is
exported in both formats, imported again and compared bit for bit, and torch.load reads the exported file.

A neuron whose membrane potential lies within rounding of its threshold may fire in one implementation and not in the other,
which changes logits visibly and says nothing about the weights. So the images with the largest margin (the smallest distance
of any potential from its threshold) out of --candidates are those that must agree; how many of all agree is printed beside.

Needs torch and numpy.

  benchmarks/pytorch/check_weights.py [--presets 15M,31M,55M,e-spikeformer-5m --timesteps 1,4 --size 32 --candidates 48 --images 4 --json OUT.json]
  benchmarks/pytorch/check_weights.py --fixture FOLDER     writes the small checkpoint of the tests, with its images and logits
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch

from efficient import WIDTHS as EFFICIENT_WIDTHS
from efficient import ESpikeFormer, IntegerLif, liven
from network import WIDTHS, MetaSpikeFormer, excite, randomise, settle
from neurons import Lif, record

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOLERANCE = 1e-4  # of the largest logit
VARIANCE = 0.1
EFFICIENT = {"e-spikeformer-3m": "2.7M", "e-spikeformer-5m": "5.1M", "e-spikeformer-10m": "10M", "e-spikeformer-19m": "19M"}
LARGEST_FIXTURE = 100_000


def released_names(model):
    """State of the network under the released models' names, with their shapes."""
    blocks = ["downsample1_1", "ConvBlock1_1.0", "downsample1_2", "ConvBlock1_2.0", "downsample2", "ConvBlock2_1.0", "ConvBlock2_2.0"]
    kinds = [type(m).__name__ for m in model.stages]
    depth3 = kinds.index("Downsample", 8) - 8
    blocks += ["downsample3"] + [f"block3.{i}" for i in range(depth3)]
    blocks += ["downsample4"] + [f"block4.{i}" for i in range(len(kinds) - 9 - depth3)]
    parts = {"conv.0": "encode_conv", "conv.1": "encode_bn", "sep.pw1.0": "Conv.pwconv1", "sep.pw1.1": "Conv.bn1", "sep.dw": "Conv.dwconv",
             "sep.pw2.0": "Conv.pwconv2", "sep.pw2.1": "Conv.bn2", "conv1.0": "conv1", "conv1.1": "bn1", "conv2.0": "conv2", "conv2.1": "bn2",
             "mlp.fc1.0": "mlp.fc1_conv", "mlp.fc1.1": "mlp.fc1_bn", "mlp.fc2.0": "mlp.fc2_conv", "mlp.fc2.1": "mlp.fc2_bn"}
    for name in ("q", "k", "v", "proj"):
        for ours, theirs in (("conv1", "0.body.0"), ("bn1", "0.body.1.bn"), ("dw", "0.body.2.0"), ("conv2", "0.body.2.1"),
                             ("bn2", "0.body.2.2"), ("bn3", "1")):
            parts[f"attn.{name}.{ours}"] = f"attn.{name}_conv.{theirs}"
    state = {}
    for key, value in model.state_dict().items():
        if key.startswith("stages."):
            _, index, rest = key.split(".", 2)
            part, leaf = rest.rsplit(".", 1)
            key = f"{blocks[int(index)]}.{parts[part]}.{leaf}"
            if part in ("mlp.fc1.0", "mlp.fc2.0") and leaf == "weight":
                value = value[..., 0]  # one-dimensional convolutions there
        state[key] = value
    return state


def watch_margins(margins):
    """Notes for every image how close its neurons come to their thresholds; exact comparisons (attention) do not count."""
    def forward(self, x):
        steps = x.reshape(self.timesteps, -1, *x.shape[1:])
        v, out = torch.zeros_like(steps[0]), []
        for x_t in steps:
            h = self.charge(v, x_t)
            s = (h >= self.threshold).to(h.dtype)
            if self.threshold == 1.0:
                margins.append((h - self.threshold).abs().flatten(1).min(1)[0])
            v = h * (1 - s)
            out.append(s)
        return torch.stack(out).flatten(0, 1)
    Lif.forward = forward

    distance = IntegerLif.distance

    def noted(self, h):
        distances = distance(self, h)
        margins.append(distances.flatten(1).min(1)[0])
        return distances
    IntegerLif.distance = noted


def spikeformer(*arguments):
    run = subprocess.run([str(ROOT / "jobs/spikeformer"), *map(str, arguments), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit(f"spikeformer {' '.join(map(str, arguments))}: {run.stderr}")
    return json.loads(run.stdout)


def build(options, second_head, seed):
    torch.manual_seed(seed)
    model = MetaSpikeFormer(**options).eval()
    randomise(model, seed)
    excite(model)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_var.mul_(VARIANCE)  # else little but the biases decides who fires, and all images get the same logits
    head = model.head
    heads = [head] + ([torch.nn.Linear(head.in_features, head.out_features)] if second_head else [])
    return model, heads


def build_efficient(preset, timesteps, images, seed):
    torch.manual_seed(seed)
    model = ESpikeFormer(EFFICIENT_WIDTHS[EFFICIENT[preset]], timesteps=timesteps)
    liven(model)
    settle(model, images)
    record(model)
    return model.eval(), [model.head]


def logits(model, heads, images):
    """Mean over T and over the heads; every head sees the spikes that the first one sees."""
    seen = []
    hook = model.head.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    with torch.no_grad():
        model(images)
        hook.remove()
        each = [head(seen[0]).reshape(model.timesteps, -1, head.out_features).mean(0) for head in heads]
    return (sum(each) / len(each)).numpy()


def state_of(model, heads):
    if isinstance(model, ESpikeFormer):
        return model.state_dict()  # which has these names
    state = released_names(model)
    for head in heads[1:]:
        state.update({"head_kd." + key: value for key, value in head.state_dict().items()})
    return state


def checkpoint(state, preset):
    """As training scripts save it: with what else they carry, or with the prefix of data parallelism, or bare."""
    if preset == "31M":
        return {"state_dict": {"module." + key: value for key, value in state.items()}}
    if preset == "55M":
        return state
    arguments = argparse.Namespace(lr=6e-4, output_dir=pathlib.PurePosixPath("runs"), best=np.float64(71.8), betas=(0.9, 0.999))
    parameter = torch.nn.Parameter(torch.zeros(3))
    parameter.grad = torch.ones(3)
    optimizer = torch.optim.AdamW([parameter])
    optimizer.step()
    return {"model": state, "optimizer": optimizer.state_dict(), "epoch": 199, "scaler": {"scale": 65536.0}, "args": arguments}


def same_bits(folder, model):
    for form, file in (("safetensors", folder / "out.safetensors"), ("torch-names", folder / "out.pth")):
        spikeformer("export", "--model", model, "--format", form, "--output", file)
        again = folder / f"{form}.spkf"
        spikeformer("import-torch", "--input", file, "--output", again)
        if again.read_bytes() != model.read_bytes():
            sys.exit(f"export as {form} and import changed the model")
    return file


def compare(a, margins, preset, timesteps, second_head, seed):
    if preset in EFFICIENT:
        images = torch.randn(a.candidates, 3, a.size, a.size)
        model, heads = build_efficient(preset, timesteps, images, seed)
    else:
        model, heads = build({"widths": WIDTHS[preset], "timesteps": timesteps}, second_head, seed)
        images = torch.randn(a.candidates, 3, a.size, a.size)
    margins.clear()
    expected = logits(model, heads, images)
    margin = torch.stack(margins).min(0)[0].numpy()
    chosen = np.argsort(-margin)[:a.images]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        state = state_of(model, heads)
        torch.save(checkpoint(state, preset), folder / "in.pth")
        imported = spikeformer("import-torch", "--input", folder / "in.pth", "--preset", preset, "--timesteps", timesteps,
                               "--output", folder / "in.spkf")
        np.save(folder / "images.npy", images.numpy().transpose(0, 2, 3, 1).copy())
        spikeformer("infer", "--model", folder / "in.spkf", "--input", folder / "images.npy", "--output", folder / "logits.npy")
        found = np.load(folder / "logits.npy")
        exported = torch.load(same_bits(folder, folder / "in.spkf"))["model"]
        for key, value in state.items():
            if "num_batches" not in key and not torch.equal(exported[key], value):
                sys.exit(f"{key}: torch.load of the exported file gives other values")
    difference = np.abs(found - expected).max(1) / np.abs(expected).max()
    result = {"preset": preset, "timesteps": timesteps, "heads": len(heads), "parameters": imported["parameters"],
              "margin": float(margin[chosen].min()), "difference": float(difference[chosen].max()),
              "agreeing": int((difference <= TOLERANCE).sum()), "candidates": a.candidates,
              "distinct": len(np.unique(expected.round(4), axis=0)), "largestLogit": float(np.abs(expected).max()), "passed": bool(difference[chosen].max() <= TOLERANCE)}
    print(f"{preset:>16} T={timesteps} {len(heads)} head(s), {imported['parameters']:>10,} parameters: difference {result['difference']:.1e} of the"
          f" largest logit at a margin of {result['margin']:.1e}; {result['agreeing']} of {a.candidates} images within {TOLERANCE:g},"
          f" {result['distinct']} distinct logits"
          f"{'' if result['passed'] else '  FAILED'}", flush=True)
    return result


def fixture(margins, folder):
    """float16 weights of a very small model with two heads, as views of one storage; two images, and the logits of these weights."""
    options = {"widths": (8, 8, 8, 8), "classes": 5, "depths": (1, 1), "timesteps": 4, "heads": 2}
    model, heads = build(options, True, 3)
    for module in (model, heads[1]):
        module.half().float()
    images = 2 * torch.randn(256, 3, 16, 16)
    expected = logits(model, heads, images)
    margin = torch.stack(margins).min(0)[0].numpy()
    chosen = []
    for i in np.argsort(-margin):
        if all(np.abs(expected[i] - expected[j]).max() > 0.02 for j in chosen):
            chosen.append(i)
    chosen = chosen[:2]
    state = {key: value for key, value in state_of(model, heads).items() if value.is_floating_point()}
    flat = torch.cat([value.flatten() for value in state.values()]).half()
    views, begin = {}, 0
    for key, value in state.items():
        views[key] = flat[begin:begin + value.numel()].view(value.shape)
        begin += value.numel()
    views["downsample1_1.encode_bn.num_batches_tracked"] = torch.tensor(7)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"model": views, "epoch": 1, "args": argparse.Namespace(best=np.float64(1), lr=0.1)}, folder / "small.pth")
    small = images.numpy()[chosen].transpose(0, 2, 3, 1)
    np.savez(folder / "small.npz", images=small.astype(np.float32), logits=expected[chosen])
    size = sum(file.stat().st_size for file in folder.glob("small.*"))
    print(f"{folder}: {size} bytes, margin {margin[chosen].min():.1e}, logits {expected[chosen].round(4).tolist()}")
    if size > LARGEST_FIXTURE:
        sys.exit(f"fixture: expected at most {LARGEST_FIXTURE} bytes")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--fixture", type=pathlib.Path)
    p.add_argument("--json", type=pathlib.Path)
    for name, kind, default in (("--presets", str, "15M,31M,55M"), ("--timesteps", str, "1,4"), ("--size", int, 32), ("--candidates", int, 48),
                                ("--images", int, 4), ("--seed", int, 1), ("--threads", int, 2)):
        p.add_argument(name, type=kind, default=default)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    margins = []
    watch_margins(margins)
    if a.fixture:
        return fixture(margins, a.fixture)
    results = [compare(a, margins, preset, int(timesteps), second, a.seed)
               for preset in a.presets.split(",") for timesteps in a.timesteps.split(",") for second in ((False,) if preset in EFFICIENT else (False, True))]
    if a.json:
        a.json.write_text(json.dumps(results, indent=1) + "\n")
    if not all(result["passed"] for result in results):
        sys.exit("not every imported model gives PyTorch's logits")


if __name__ == "__main__":
    main()
