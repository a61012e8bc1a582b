package io.spikeformer.data.column;

/** Is told of the annotated objects of samples while a shard is checked. */
@FunctionalInterface
public interface AnnotationListener {
  /**
   * A sample's objects.
   *
   * @param key of the sample
   * @param ids of its annotations, in their order
   */
  void found(String key, long[] ids);
}
