package io.github.udsboot.listener.dispatch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.guard.DroppableTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A task is run once, or told once that it is not.
 */
@Timeout(60)
class InterruptibleExecutorTests {

	private final List<Runnable> given = new ArrayList<>();

	private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

	private final InterruptibleExecutor executor = new InterruptibleExecutor(this.given::add);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	private DroppableTask task(String name) {
		return new DroppableTask() {

			@Override
			public void run() {
				InterruptibleExecutorTests.this.seen.add(name + " ran");
			}

			@Override
			public void dropped() {
				InterruptibleExecutorTests.this.seen.add(name + " dropped");
			}

		};
	}

	@Test
	void whatTheDelegateHasNotBegunWhenTheListenerClosesIsDropped() {
		this.executor.execute(task("first"));
		this.executor.execute(task("second"));
		this.given.get(0).run();
		this.executor.close();
		assertThat(this.seen).containsExactly("first ran", "second dropped");
		this.given.forEach(Runnable::run);
		this.executor.close();
		assertThat(this.seen).hasSize(2);
	}

	@Test
	void whatBeginsWhileTheListenerClosesIsDropped() {
		InterruptibleExecutor[] closing = new InterruptibleExecutor[1];
		closing[0] = new InterruptibleExecutor((task) -> {
			closing[0].close();
			task.run();
		});
		closing[0].execute(task("task"));
		assertThat(this.seen).containsExactly("task dropped");
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> closing[0].execute(task("late")));
		assertThat(this.seen).as("what was thrown says it").hasSize(1);
	}

	@Test
	void whatRunsIsInterruptedAndNotDropped() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		InterruptibleExecutor busy = new InterruptibleExecutor(this.threads);
		busy.execute(new DroppableTask() {

			@Override
			public void run() {
				running.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					interrupted.countDown();
				}
			}

			@Override
			public void dropped() {
				InterruptibleExecutorTests.this.seen.add("dropped");
			}

		});
		assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
		busy.close();
		assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.seen).isEmpty();
	}

	@Test
	void aThreadThatCannotBeInterruptedKeepsNoOtherFromBeingStopped() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		InterruptibleExecutor mixed = new InterruptibleExecutor((task) -> {
			Thread thread = new Thread(task) {

				@Override
				public void interrupt() {
					throw new AssertionError("expected by the test");
				}

			};
			if (running.getCount() > 0) {
				thread.start();
			}
		});
		mixed.execute(() -> {
			running.countDown();
			try {
				release.await();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		});
		assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
		for (int i = 0; i < 20; i++) {
			// wherever the first one is among them
			mixed.execute(task("other"));
		}
		mixed.close();
		release.countDown();
		assertThat(this.seen).hasSize(20).containsOnly("other dropped");
	}

	@Test
	void aTaskRunsOnceThoughTheDelegateFailsBehindItOrRunsItTwice() {
		InterruptibleExecutor careless = new InterruptibleExecutor((task) -> {
			task.run();
			task.run();
			throw new RejectedExecutionException("expected by the test");
		});
		careless.execute(task("task"));
		assertThat(this.seen).containsExactly("task ran");
	}

}
