package io.spikeformer.common.circle;

import io.spikeformer.common.circle.inner.Inner;

/** One half of a circle of packages, so that the rule against them is seen to fail. */
public record Outer(Inner inner) {}
