package refrain.serve.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A body whose reader has so long to take each piece. The server writes with blocking calls and has
 * no limit of its own; an interrupt closes the socket that the call waits for.
 */
final class Paced extends FilterOutputStream {
  private final ScheduledExecutorService clock;
  private final long millis;
  private final Thread thread = Thread.currentThread();
  private int pieces;
  private boolean writing;

  Paced(OutputStream out, ScheduledExecutorService clock, long millis) {
    super(out);
    this.clock = clock;
    this.millis = millis;
  }

  private interface Piece {
    void write() throws IOException;
  }

  private void paced(Piece piece) throws IOException {
    int number = begin();
    Future<?> late;
    try {
      late = clock.schedule(() -> late(number), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      end();
      throw new IOException("the server is being closed", e); // so the reader gets no more
    }
    try {
      piece.write();
    } finally {
      end();
      late.cancel(false);
    }
  }

  private synchronized int begin() {
    writing = true;
    return ++pieces;
  }

  private synchronized void end() {
    writing = false;
  }

  private synchronized void late(int number) {
    if (writing && number == pieces) {
      thread.interrupt();
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    paced(() -> out.write(bytes, offset, length));
  }

  @Override
  public void flush() throws IOException {
    paced(out::flush);
  }

  @Override
  public void close() throws IOException {
    paced(out::close);
  }
}
