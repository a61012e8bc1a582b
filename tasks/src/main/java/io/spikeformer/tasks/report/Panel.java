package io.spikeformer.tasks.report;

/** A part of a section. */
public sealed interface Panel permits Bars, Curves, Matrix, Pictures, Table {}
