package io.spikeformer.model.kernel.fast;

import java.util.concurrent.locks.LockSupport;

/**
 * A fixed group of threads that run one work side by side, part by part; the caller runs part 0.
 *
 * <p>Part p always runs on thread p, so what a thread owns (scratch memory, compiled primitives)
 * needs no locks. A thread that has just finished looks out for the next work for a moment before
 * it goes to sleep, because kernels follow each other closely.
 */
final class Team implements AutoCloseable {
  private static final int SPINS = 4000;

  private final Helper[] helpers;

  /** One part of a work. */
  interface Work {
    void run(int part);
  }

  /**
   * Starts threads - 1 daemon threads.
   *
   * @param setUp run once on each of them
   */
  Team(int threads, Runnable setUp) {
    helpers = new Helper[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(i + 1, setUp);
      helpers[i].start();
    }
  }

  int size() {
    return helpers.length + 1;
  }

  /**
   * Runs parts 0 to parts - 1, at most {@link #size()}, and returns when all are done; an interrupt
   * of the caller ends nothing and is still set then.
   */
  void run(int parts, Work work) {
    for (int i = 1; i < parts; i++) {
      helpers[i - 1].begin(work);
    }
    Throwable failure = null;
    try {
      work.run(0);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    for (int i = 1; i < parts; i++) {
      Throwable other = helpers[i - 1].finish();
      failure = failure == null ? other : failure;
    }
    if (failure instanceof Error) {
      throw (Error) failure;
    } else if (failure != null) {
      throw (RuntimeException) failure;
    }
  }

  @Override
  public void close() {
    for (Helper helper : helpers) {
      helper.close();
    }
  }

  private static final class Helper implements Runnable {
    private static final Work STOP = part -> {};

    private final int part;
    private final Runnable setUp;
    private final Thread thread;
    // null: nothing to do; the caller sets it, the helper clears it
    private volatile Work work;
    private volatile boolean asleep;
    private volatile Thread waiter;
    private Throwable failure;

    Helper(int part, Runnable setUp) {
      this.part = part;
      this.setUp = setUp;
      this.thread = new Thread(this, "kernels-" + part);
      thread.setDaemon(true);
    }

    void start() {
      thread.start();
    }

    void begin(Work next) {
      work = next;
      if (asleep) {
        LockSupport.unpark(thread);
      }
    }

    Throwable finish() {
      for (int i = 0; i < SPINS && work != null; i++) {
        Thread.onSpinWait();
      }
      if (work != null) {
        waiter = Thread.currentThread();
        boolean interrupted = false;
        while (work != null) {
          LockSupport.park(this);
          // an interrupted thread is not parked: its flag is put aside meanwhile
          interrupted |= Thread.interrupted();
        }
        waiter = null;
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
      Throwable result = failure;
      failure = null;
      return result;
    }

    void close() {
      begin(STOP);
    }

    @Override
    public void run() {
      setUp.run();
      for (Work next = await(); next != STOP; next = await()) {
        try {
          next.run(part);
        } catch (RuntimeException | Error e) {
          failure = e;
        }
        work = null;
        LockSupport.unpark(waiter);
      }
    }

    private Work await() {
      for (int i = 0; i < SPINS && work == null; i++) {
        Thread.onSpinWait();
      }
      if (work == null) {
        asleep = true;
        while (work == null) {
          LockSupport.park(this);
        }
        asleep = false;
      }
      return work;
    }
  }
}
