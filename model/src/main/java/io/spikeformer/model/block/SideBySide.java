package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Tensor;

/** Membrane potentials whose channels lie side by side, [N, H, W, A + B] of A and B. */
final class SideBySide {
  private SideBySide() {}

  /** Both maps as one; they are left. */
  static Tensor joined(Pass pass, Tensor first, Tensor second) {
    Tensor both =
        pass.membrane(
            first.size(0), first.size(1), first.size(2), first.channels() + second.channels());
    copy(pass, first, both, 0);
    copy(pass, second, both, first.channels());
    return both;
  }

  /** Some channels of a map, which is left, as one of their own. */
  static Tensor part(Pass pass, Tensor map, int from, int channels) {
    Tensor part = pass.membrane(map.size(0), map.size(1), map.size(2), channels);
    pass.kernels().copyChannels(map, from, part, 0, channels);
    return part;
  }

  /** Overwrites channels of a map with another one, which is left. */
  static void copy(Pass pass, Tensor part, Tensor map, int to) {
    pass.kernels().copyChannels(part, 0, map, to, part.channels());
  }
}
