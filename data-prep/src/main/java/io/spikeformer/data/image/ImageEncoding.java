package io.spikeformer.data.image;

import io.spikeformer.common.Labels;

/** How image bytes are encoded; told from the bytes, never from a file's name. */
public enum ImageEncoding {
  /** JPEG: baseline or progressive, grayscale, YCbCr or CMYK. */
  JPEG("jpeg", ".jpg"),
  /** PNG of any colour type and bit depth. */
  PNG("png", ".png");

  private final String id;
  private final String extension;

  ImageEncoding(String id, String extension) {
    this.id = id;
    this.extension = extension;
  }

  /** The name in shards. */
  public String id() {
    return id;
  }

  /** The file extension that selects the encoder, with its dot. */
  String extension() {
    return extension;
  }

  /** The encoding with a name found in a shard. */
  public static ImageEncoding of(String id) {
    return Labels.find("image encoding", values(), ImageEncoding::id, id);
  }
}
