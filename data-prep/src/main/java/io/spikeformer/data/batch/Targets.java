package io.spikeformer.data.batch;

/** What the samples of a batch must give, as a task learns and judges it. */
public interface Targets {}
