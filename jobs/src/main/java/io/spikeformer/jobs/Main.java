package io.spikeformer.jobs;

/** x. */
public final class Main {
  private Main() {}
  public static void main(String[] a) throws Exception {
    System.out.println(java.util.Arrays.toString(a) + org.apache.spark.package$.MODULE$.SPARK_VERSION());
    System.out.println(System.getProperties());
    Thread.sleep(Integer.getInteger("sleep", 0));
    System.exit(Integer.getInteger("rc", 3));
  }
}
