package io.spikeformer.storage;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between client and S3 server, one request a connection: passes requests on, notes them,
 * and answers those that a test has named with a fault.
 */
final class FaultProxy implements AutoCloseable {
  private static final int BUFFER = 1 << 13;

  private final int target;
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  FaultProxy(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    threads.submit(this::accept);
  }

  /** What happens to a request instead of an answer. */
  enum Fault {
    FORBIDDEN("403 Forbidden"),
    NOT_FOUND("404 Not Found"),
    INTERNAL_ERROR("500 Internal Server Error"),
    UNAVAILABLE("503 Service Unavailable"),
    /** The connection breaks while the request's body is sent. */
    CUT(""),
    /** No answer while the proxy lives. */
    HELD("");

    private final String status;

    Fault(String status) {
      this.status = status;
    }
  }

  /** Requests that fail. */
  static final class Rule {
    private final Fault fault;
    private final String method;
    private final String name;
    private final int times;
    private final AtomicInteger hits = new AtomicInteger();

    private Rule(Fault fault, String method, String name, int times) {
      this.fault = fault;
      this.method = method;
      this.name = name;
      this.times = times;
    }

    /** How many requests have failed by it. */
    int hits() {
      return Math.min(times, hits.get());
    }

    private boolean takes(Request request) {
      return request.method.matches(method)
          && request.path.contains(name)
          && hits.incrementAndGet() <= times;
    }
  }

  /** A request that passed through, and the bytes of its answer. */
  static final class Request {
    private final String method;
    private final String path;
    private final String range;
    private final AtomicLong answered = new AtomicLong();

    private Request(String head) {
      String[] words = head.split(" ", 3);
      this.method = words[0];
      this.path = words[1];
      this.range =
          head.lines()
              .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("range:"))
              .findFirst()
              .orElse("");
    }

    String method() {
      return method;
    }

    String path() {
      return path;
    }

    /** The header with the range of bytes, or nothing. */
    String range() {
      return range;
    }

    long answered() {
      return answered.get();
    }
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /**
   * From now on requests fail.
   *
   * @param method regular expression of their methods
   * @param name a part of their paths
   * @param times how many of them
   */
  Rule fail(Fault fault, String method, String name, int times) {
    Rule rule = new Rule(fault, method, name, times);
    rules.add(rule);
    return rule;
  }

  /** From now on nothing fails. */
  void heal() {
    rules.clear();
  }

  /** The requests so far whose path ends with a name. */
  List<Request> requests(String name) {
    return requests.stream().filter(request -> request.path.endsWith(name)).toList();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        threads.submit(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      String head = head(in);
      Request request = new Request(head);
      requests.add(request);
      for (Rule rule : rules) {
        if (rule.takes(request)) {
          fail(rule.fault, client, in);
          return;
        }
      }
      forward(head, request, client, in);
    } catch (IOException broken) {
      // the client or the server has closed its side: so does this one
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private static void fail(Fault fault, Socket client, InputStream in)
      throws IOException, InterruptedException {
    OutputStream out = client.getOutputStream();
    switch (fault) {
      case HELD -> Thread.sleep(Long.MAX_VALUE);
      case CUT -> {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        in.read(new byte[BUFFER]);
        client.setSoLinger(true, 0);
      }
      default -> {
        String answer =
            "HTTP/1.1 " + fault.status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        out.write(answer.getBytes(StandardCharsets.US_ASCII));
        client.shutdownOutput();
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  private void forward(String head, Request request, Socket client, InputStream in)
      throws IOException {
    try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target)) {
      upstream
          .getOutputStream()
          .write(
              head.replaceAll("(?im)^connection:.*\r\n", "")
                  .replaceFirst("\r\n", "\r\nConnection: close\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      threads.submit(() -> in.transferTo(upstream.getOutputStream()));
      byte[] buffer = new byte[BUFFER];
      InputStream answer = upstream.getInputStream();
      for (int count = answer.read(buffer); count >= 0; count = answer.read(buffer)) {
        client.getOutputStream().write(buffer, 0, count);
        request.answered.addAndGet(count);
      }
    }
  }

  /** The request line and the headers, with the empty line behind them. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("no request");
      }
      bytes.write(next);
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
