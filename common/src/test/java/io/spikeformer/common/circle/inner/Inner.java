package io.spikeformer.common.circle.inner;

import io.spikeformer.common.circle.Outer;

/** The other half, in a package below the first. */
public record Inner(Outer outer) {}
