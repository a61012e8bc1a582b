package io.spikeformer.train.spark;

final class Validation {
  static Validator of(Object... x) {
    return s -> null;
  }
}
