package io.spikeformer.data.output;

/** The treatment of files that an earlier run has left at the place of an output. */
public enum Existing {
  /** Nothing, whatever the user asks for. */
  NEVER,
  /** Nothing, for the user has not asked to replace it. */
  KEEP,
  /** Replace it, as the user has asked for. */
  REPLACE,
  /** Go on with it: the command itself tells its own work from another's. */
  CONTINUE
}
