package io.spikeformer.train.output;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The host on which this process runs. */
public final class DriverHost {
  private DriverHost() {}

  /** Its name, or "unknown". */
  public static String name() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
