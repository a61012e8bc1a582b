package io.spikeformer.jobs.infer;

/** Whether pictures of the images are written too, with what was found. */
enum Overlay {
  WANTED,
  NONE
}
