package io.spikeformer.data.storage;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The checksum of files: SHA-256. */
public final class Checksums {
  private Checksums() {}

  /** A digest that has seen nothing yet. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  /** The checksum of a file's content, in lower-case hexadecimal. */
  public static String sha256(byte[] bytes) {
    return text(sha256().digest(bytes));
  }

  /** A checksum in lower-case hexadecimal. */
  public static String text(byte[] checksum) {
    return HexFormat.of().formatHex(checksum);
  }
}
