package io.spikeformer.data.sample;

import java.util.Objects;

/**
 * The objects in the sample's image or frames.
 *
 * @param bytes of the objects, none included, as docs/annotation-format.md writes them; not copied,
 *     not to be changed
 */
public record EncodedObjects(byte[] bytes) implements Truth {
  /** Checks that they are there. */
  public EncodedObjects {
    Objects.requireNonNull(bytes, "objects");
  }

  @Override
  public TruthKind kind() {
    return TruthKind.OBJECTS;
  }

  @Override
  public long byteCount() {
    return bytes.length;
  }
}
