"""The spiking neuron: leaky integrate-and-fire over T timesteps, with a surrogate gradient.

Tensors are [T*B, C, H, W], time outermost: the first B entries are timestep 1.
"""
import torch
from torch import nn


class Spike(torch.autograd.Function):
    """s = [u >= 0]; its gradient is that of a sigmoid: alpha * sigma(alpha u) * (1 - sigma(alpha u))."""

    @staticmethod
    def forward(ctx, u, alpha):
        ctx.save_for_backward(u)
        ctx.alpha = alpha
        return (u >= 0).to(u.dtype)

    @staticmethod
    def backward(ctx, gradient):
        (u,) = ctx.saved_tensors
        sigma = torch.sigmoid(ctx.alpha * u)
        return gradient * ctx.alpha * sigma * (1 - sigma), None


class Recording:
    """What a recorded neuron did in its last call: firing rate of each timestep, and its margin.

    The margin is the smallest distance of a membrane potential from the threshold. A difference of two implementations that
    is smaller cannot flip a spike.
    """

    def __init__(self):
        self.rates, self.margin = None, float("inf")

    def note(self, spikes, distances):
        self.rates, self.margin = spikes.detach().flatten(1).mean(1), float(min(distances))


class Lif(nn.Module):
    """Eq. 4-6 of the paper, with hard reset to 0 and a reset that carries no gradient.

    h[t] = (1 - 1/tau) v[t-1] + scale x[t];  s[t] = [h[t] >= threshold];  v[t] = h[t] (1 - s[t]).

    The paper's neuron has scale 1. The released models have scale 1/tau, written as v + (x - v)/tau: `input_scale` None.
    """

    def __init__(self, threshold=1.0, learnable=False, tau=2.0, alpha=4.0):
        super().__init__()
        self.timesteps, self.tau, self.alpha, self.input_scale = 1, tau, alpha, None
        self.recording = None
        self.threshold = nn.Parameter(torch.tensor(float(threshold))) if learnable else threshold

    def charge(self, v, x):
        """The membrane potential h before firing."""
        if self.input_scale is None:
            return v + (x - v) / self.tau
        return v - v / self.tau + self.input_scale * x

    def forward(self, x):
        steps = x.reshape(self.timesteps, -1, *x.shape[1:])
        v, spikes, distances = torch.zeros_like(steps[0]), [], []
        for x_t in steps:
            h = self.charge(v, x_t)
            s = Spike.apply(h - self.threshold, self.alpha)
            v = h * (1 - s.detach())
            spikes.append(s)
            if self.recording is not None:
                distances.append((h.detach() - self.threshold).abs().min())
        spikes = torch.stack(spikes)
        if self.recording is not None:
            self.recording.note(spikes, distances)
        return spikes.flatten(0, 1)


def neurons(module):
    """Every neuron of a module with its name, in the order of their definition."""
    return [(name, m) for name, m in module.named_modules() if isinstance(m, Lif)]


def record(module):
    """Lets every neuron of a module note its firing; gives the recordings by name."""
    for _, neuron in neurons(module):
        neuron.recording = Recording()
    return {name: neuron.recording for name, neuron in neurons(module)}
