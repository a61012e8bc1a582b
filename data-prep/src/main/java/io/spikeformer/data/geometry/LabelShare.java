package io.spikeformer.data.geometry;

/** How the labelled pixels that a plan would keep fall into classes. */
@FunctionalInterface
public interface LabelShare {
  /** Of pixels without labels: no class fills any plan. */
  LabelShare NONE = plan -> 0;

  /**
   * The largest share that one class has of the labelled pixels under a plan; 1 if there are fewer
   * than two classes.
   *
   * @param plan of a source of the labels' size
   * @return 0 to 1
   */
  double largest(Geometry plan);
}
