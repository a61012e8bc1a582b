package io.spikeformer.data;

import static org.assertj.core.api.Assertions.assertThat;

/** Manifests as schema versions before this one wrote them. */
public final class FirstVersion {
  private FirstVersion() {}

  /** The text of a manifest of images in the words of version 4. */
  public static String fourth(String manifest) {
    String text =
        manifest
            .replace("\"schemaVersion\" : 5", "\"schemaVersion\" : 4")
            .replaceAll("\\s*\"content\" : \"image\",", "");
    assertThat(text).contains("\"schemaVersion\" : 4").doesNotContain("\"content\"");
    return text;
  }

  /** The text of a manifest in the words of version 3. */
  public static String third(String manifest) {
    String text =
        fourth(manifest)
            .replace("\"schemaVersion\" : 4", "\"schemaVersion\" : 3")
            .replaceAll("\\s*\"noted\" : 0,", "");
    assertThat(text).contains("\"schemaVersion\" : 3").doesNotContain("noted");
    return text;
  }

  /** The text of a manifest in the words of version 2. */
  public static String second(String manifest) {
    String text =
        third(manifest)
            .replace("\"schemaVersion\" : 3", "\"schemaVersion\" : 2")
            .replaceAll(",\\s*\"teacher\" : null", "");
    assertThat(text).contains("\"schemaVersion\" : 2").doesNotContain("teacher");
    return text;
  }

  /** The text of a manifest of class folders in the words of version 1. */
  public static String of(String manifest, int shortSide) {
    String text =
        second(manifest)
            .replace("\"schemaVersion\" : 2", "\"schemaVersion\" : 1")
            .replaceAll("\\s*\"dataset\" : \"imagenet\",", "")
            .replaceAll("\"settings\" : \\{[^}]*}", "\"shortSide\" : " + shortSide);
    assertThat(text).contains("\"schemaVersion\" : 1", "shortSide\" : ").doesNotContain("dataset");
    return text;
  }
}
