package refrain.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import refrain.serve.http.HttpFault;

class DeskTest {
  private final Desk desk = new Desk();
  private final CountDownLatch free = new CountDownLatch(1);
  private long asked;

  @AfterEach
  void close() {
    free.countDown();
    desk.close();
  }

  private Desk.Caller caller(@Nullable String name) {
    return new Desk.Caller("test", name, ++asked);
  }

  /** Keeps a queue busy until the test frees it. */
  private void occupy(Desk.Lane lane) throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    desk.ask(
        lane,
        caller(null),
        _ -> {
          begun.countDown();
          wait(free);
          return "";
        });
    begun.await();
  }

  private static void wait(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatIsQuickGoesBetweenTheStepsOfWhatIsLong() {
    CountDownLatch quick = new CountDownLatch(1);
    Desk.Job<String> lengthy =
        desk.ask(
            Desk.Lane.LONG,
            caller(null),
            watch -> {
              while (quick.getCount() > 0) { // it would never end if the other one had to wait
                watch.check();
                Thread.onSpinWait();
              }
              return "long";
            });
    Desk.Job<String> other =
        desk.ask(
            Desk.Lane.QUICK,
            caller(null),
            _ -> {
              quick.countDown();
              return "quick";
            });
    assertThat(other.await()).isEqualTo("quick");
    assertThat(lengthy.await()).isEqualTo("long");
  }

  @Test
  void eightWaitAndTheNinthIsRefused() throws InterruptedException {
    occupy(Desk.Lane.QUICK);
    List<Desk.Job<Integer>> jobs = new ArrayList<>();
    for (int i = 0; i < Desk.WAITING; i++) {
      int number = i;
      jobs.add(desk.ask(Desk.Lane.QUICK, caller(null), _ -> number));
      assertThat(jobs.getLast().before()).isEqualTo(i + 1);
    }
    assertThatThrownBy(() -> desk.ask(Desk.Lane.QUICK, caller(null), _ -> 8))
        .isInstanceOfSatisfying(HttpFault.class, e -> assertThat(e.status()).isEqualTo(429))
        .hasMessage("test: 8 computations wait already; ask again when one of them is done");
    assertThatThrownBy(() -> desk.admit("film")).hasMessageStartingWith("film: 8 computations");
    free.countDown();
    for (int i = 0; i < jobs.size(); i++) {
      assertThat(jobs.get(i).await()).isEqualTo(i);
    }
  }

  @Test
  void aNewerQuestionOfTheSameNameTakesThePlaceOfTheOlder() throws InterruptedException {
    occupy(Desk.Lane.QUICK);
    Desk.Caller late = caller("slider");
    Desk.Job<Integer> older = desk.ask(Desk.Lane.QUICK, caller("slider"), _ -> 1);
    for (int i = 1; i < Desk.WAITING; i++) {
      desk.ask(Desk.Lane.QUICK, caller(null), _ -> 0);
    }
    Desk.Job<Integer> newer = desk.ask(Desk.Lane.QUICK, caller("slider"), _ -> 2);
    assertThatThrownBy(older::await)
        .isInstanceOfSatisfying(HttpFault.class, e -> assertThat(e.status()).isEqualTo(409));
    assertThatThrownBy(() -> desk.ask(Desk.Lane.QUICK, late, _ -> 3))
        .hasMessage("replaced by a newer question of the same name");
    free.countDown();
    assertThat(newer.await()).isEqualTo(2);
  }

  @Test
  void whatFailsFailsForWhoeverAskedAndTheNextIsComputed() {
    IllegalStateException defect = new IllegalStateException("a defect");
    Desk.Job<String> failing =
        desk.ask(
            Desk.Lane.LONG,
            caller(null),
            _ -> {
              throw defect;
            });
    assertThatThrownBy(failing::await).isSameAs(defect);
    assertThat(desk.ask(Desk.Lane.LONG, caller(null), _ -> "next").await()).isEqualTo("next");
    desk.close();
    assertThatThrownBy(() -> desk.ask(Desk.Lane.LONG, caller(null), _ -> ""))
        .hasMessage("the server ends");
  }
}
