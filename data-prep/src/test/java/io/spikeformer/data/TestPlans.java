package io.spikeformer.data;

import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Flip;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.order.SeededRandom;

/** Plans as a transform of training draws them. */
public final class TestPlans {
  private TestPlans() {}

  /** Crop, then a flip of every second plan. */
  public static Geometry flipped(Crop crop, int height, int width, long seed) {
    SeededRandom random = new SeededRandom(seed);
    Geometry plan = crop.draw(height, width, random);
    return random.nextInt(2) == 0 ? plan.with(Flip.HORIZONTAL) : plan;
  }
}
