package io.spikeformer.data.source;

import io.spikeformer.common.Labels;
import java.util.Locale;

/** In what form recordings of events lie in a folder. */
public enum RecordingFormat {
  /** Any form, one for each recording. */
  ANY("any", ""),
  /** AEDAT 4.0 files. */
  AEDAT4("aedat4", ".aedat4"),
  /** NumPy archives of t, x, y and p. */
  NPZ("npz", ".npz"),
  /** Folders of pictures. */
  PICTURES("pictures", "");

  private final String id;
  private final String extension;

  RecordingFormat(String id, String extension) {
    this.id = id;
    this.extension = extension;
  }

  /** The name in options and manifests. */
  public String id() {
    return id;
  }

  /** The format of a name. */
  public static RecordingFormat of(String id) {
    return Labels.find("format", values(), RecordingFormat::id, id);
  }

  /** The format of a file, by its name; ANY if it is no recording. */
  static RecordingFormat ofFile(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(AEDAT4.extension) ? AEDAT4 : lower.endsWith(NPZ.extension) ? NPZ : ANY;
  }

  /** A file's name without what its format adds. */
  String stem(String name) {
    return name.substring(0, name.length() - extension.length());
  }
}
