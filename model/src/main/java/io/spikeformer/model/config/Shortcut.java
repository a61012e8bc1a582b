package io.spikeformer.model.config;

/** The quantity that a residual connection adds up (paper, Section 3.4 and Table 5). */
public enum Shortcut {
  /**
   * Membrane potentials: U' = U + F(SN(U)). Only spikes are ever multiplied with weights (Hu et
   * al., MS-ResNet; the paper's choice).
   */
  MEMBRANE,
  /**
   * Spikes: S' = S + SN(F(S)). A block's outputs are small integers (Fang et al., SEW-ResNet;
   * Spikformer).
   */
  SEW,
  /** A spike and a membrane potential: S' = SN(F(S) + S), as in an ordinary ResNet. */
  VANILLA
}
