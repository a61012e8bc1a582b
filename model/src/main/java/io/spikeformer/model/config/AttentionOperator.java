package io.spikeformer.model.config;

import io.spikeformer.common.Text;

/**
 * The four spike-driven self-attention operators of the paper (Section 3.3), and that of its
 * predecessor.
 */
public enum AttentionOperator {
  /** SN(sum over tokens of Q*K) masks V. */
  SDSA_1,
  /** SN(sum over tokens of Q) masks V; there is no K. */
  SDSA_2,
  /** SN(Q (K^T V)) with the scale 0.125 merged into the threshold: the default. */
  SDSA_3,
  /** As SDSA-3 with a learnable threshold. */
  SDSA_4,
  /**
   * SN(sum over tokens of K*V) masks Q: the operator of the first Spike-driven Transformer (Yao et
   * al. 2023), which is SDSA-1 with Q and V exchanged.
   */
  SDSA_V1;

  /** Whether the operator has a key projection. */
  public boolean usesKeys() {
    return this != SDSA_2;
  }

  /** Whether the operator multiplies matrices (SDSA-3 and SDSA-4) rather than masking. */
  public boolean multiplies() {
    return this == SDSA_3 || this == SDSA_4;
  }

  /** Whose spikes decide how much is added up where values are masked: q, or k of the first SDT. */
  public String summed() {
    return this == SDSA_V1 ? "k" : "q";
  }

  /**
   * SDSA-1 to SDSA-4 by number.
   *
   * @throws IllegalArgumentException for any other number
   */
  public static AttentionOperator of(int number) {
    if (number < 1 || number > 4) {
      throw new IllegalArgumentException(
          Text.format("sdsa: expected 1, 2, 3 or 4, found %s", number));
    }
    return values()[number - 1];
  }
}
