package io.spikeformer.model.block;

/** Draws a parameter before training. */
interface InitialValues {
  /**
   * The values of one tensor, a pure function of the seed.
   *
   * @param fan numbers that an output is made of, or what else the rule scales with
   */
  float[] draw(int length, long fan, long seed);
}
