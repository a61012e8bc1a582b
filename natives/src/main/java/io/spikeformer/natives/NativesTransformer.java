package io.spikeformer.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.maven.plugins.shade.relocation.Relocator;
import org.apache.maven.plugins.shade.resource.ReproducibleResourceTransformer;

/**
 * Puts the native libraries of a shaded jar into one archive, see {@link PackedNatives}.
 *
 * <p>JavaCPP's own library stays outside, since it is needed before anything is unpacked, and so
 * does that of ONNX, which looks for it in the jar itself.
 */
public final class NativesTransformer implements ReproducibleResourceTransformer {
  private final Set<String> names = new TreeSet<>();
  private Path file;
  private NativeArchive.Writer writer;
  private long time;

  @Override
  public boolean canTransformResource(String resource) {
    return resource.matches("org/(bytedeco/(?!javacpp/)|nd4j/).*/lib[^/]*\\.so(\\.\\d+)*");
  }

  /** Adds a library; of two with one name, such as libgomp.so.1, the first. */
  @Override
  public void processResource(
      String resource, InputStream content, List<Relocator> relocators, long modified)
      throws IOException {
    String name = resource.substring(resource.lastIndexOf('/') + 1);
    if (!names.add(name)) {
      return;
    }
    if (writer == null) {
      file = Files.createTempFile("natives", ".zst");
      writer = new NativeArchive.Writer(Files.newOutputStream(file));
    }
    writer.add(name, content);
    time = Math.max(time, modified);
  }

  @Override
  public void processResource(String resource, InputStream content, List<Relocator> relocators)
      throws IOException {
    processResource(resource, content, relocators, 0);
  }

  @Override
  public boolean hasTransformedResource() {
    return writer != null;
  }

  @Override
  public void modifyOutputStream(JarOutputStream jar) throws IOException {
    writer.close();
    try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), sha256())) {
      jar.putNextEntry(entry(PackedNatives.ARCHIVE));
      in.transferTo(jar);
      jar.closeEntry();
      jar.putNextEntry(entry(PackedNatives.DIGEST));
      jar.write(
          HexFormat.of()
              .formatHex(in.getMessageDigest().digest())
              .getBytes(StandardCharsets.US_ASCII));
      jar.closeEntry();
    } finally {
      Files.delete(file);
    }
  }

  private JarEntry entry(String name) {
    JarEntry entry = new JarEntry(name);
    entry.setTime(time);
    return entry;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
