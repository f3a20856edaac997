package io.github.udsboot.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Executors that do not do what they should.
 */
@Timeout(60)
class SureExecutorTests {

	private final ExecutorService threads = Executors.newSingleThreadExecutor();

	private final AtomicInteger runs = new AtomicInteger();

	private final CompletableFuture<Thread> ran = new CompletableFuture<>();

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	private void task() {
		this.runs.incrementAndGet();
		this.ran.complete(Thread.currentThread());
	}

	private Thread runOn(Executor executor) throws Exception {
		SureExecutor.of(executor).execute(this::task);
		return this.ran.get(20, TimeUnit.SECONDS);
	}

	@Test
	void aTaskThatIsRejectedRunsElsewhere() throws Exception {
		Thread thread = runOn((task) -> {
			throw new RejectedExecutionException("full");
		});
		assertThat(thread).isNotSameAs(Thread.currentThread());
		assertThat(this.runs).hasValue(1);
	}

	@Test
	void anErrorOfTheExecutorIsNoReasonNotToRun() throws Exception {
		Thread thread = runOn((task) -> {
			throw new OutOfMemoryError("unable to create native thread");
		});
		assertThat(thread).isNotSameAs(Thread.currentThread());
	}

	@Test
	void aTaskThatWasTakenByAnExecutorThatThrowsRunsOnce() throws Exception {
		runOn((task) -> {
			this.threads.execute(task);
			throw new IllegalStateException("after all");
		});
		awaitOthers();
		assertThat(this.runs).hasValue(1);
	}

	@Test
	void aTaskThatHasRunWhenTheExecutorThrowsRunsOnce() throws Exception {
		Thread thread = runOn((task) -> {
			Thread other = new Thread(task);
			other.start();
			join(other);
			throw new IllegalStateException("after all");
		});
		awaitOthers();
		assertThat(this.runs).hasValue(1);
		assertThat(thread.isAlive()).isFalse();
	}

	@Test
	void anExecutorThatRunsTasksOnTheCallerDoesNot() throws Exception {
		Thread thread = runOn(Runnable::run);
		assertThat(thread).isNotSameAs(Thread.currentThread());
		awaitOthers();
		assertThat(this.runs).hasValue(1);
	}

	@Test
	void aThreadOfTheExecutorMayHandItATask() throws Exception {
		SureExecutor executor = SureExecutor.of(this.threads);
		CompletableFuture<Thread> first = new CompletableFuture<>();
		executor.execute(() -> {
			first.complete(Thread.currentThread());
			executor.execute(this::task);
		});
		assertThat(this.ran.get(20, TimeUnit.SECONDS)).isSameAs(first.get());
	}

	@Test
	void whatATaskThrowsDoesNotReachTheExecutor() throws Exception {
		CompletableFuture<Boolean> harmed = new CompletableFuture<>();
		SureExecutor.of((task) -> this.threads.execute(() -> {
			try {
				task.run();
				harmed.complete(false);
			}
			catch (Throwable ex) {
				harmed.complete(true);
			}
		})).execute(() -> {
			throw new AssertionError("a callback");
		});
		assertThat(harmed.get(20, TimeUnit.SECONDS)).isFalse();
	}

	@Test
	void theReserveRunsWhatIsQueuedInOrderAndOnce() throws Exception {
		int count = 1000;
		List<Integer> order = new ArrayList<>();
		CountDownLatch all = new CountDownLatch(count);
		ReserveThread.retain();
		try {
			for (int i = 0; i < count; i++) {
				int number = i;
				OnceTask task = new OnceTask() {

					@Override
					protected void call() {
						order.add(number);
						all.countDown();
						throw new IllegalStateException("no harm");
					}

				};
				ReserveThread.execute(task);
				ReserveThread.execute(task);
			}
			assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			ReserveThread.release();
		}
		assertThat(order).hasSize(count).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void theReserveRunsATaskThoughNobodyKeepsItsThread() throws Exception {
		ReserveThread.execute(new OnceTask() {

			@Override
			protected void call() {
				task();
			}

		});
		assertThat(this.ran.get(20, TimeUnit.SECONDS).getName()).isEqualTo("uds-callbacks-reserve");
	}

	@Test
	void textOfWhatHasNoneIsItsClass() {
		assertThat(ForeignText.of(new IllegalStateException() {

			@Override
			public String getMessage() {
				throw new IllegalStateException("no message");
			}

		})).startsWith(getClass().getName());
	}

	/** A task that was handed over twice has had the time to run twice. */
	private void awaitOthers() throws Exception {
		this.threads.submit(() -> {
		}).get(20, TimeUnit.SECONDS);
		for (int i = 0; i < 100; i++) {
			CompletableFuture<Void> later = new CompletableFuture<>();
			SureExecutor.shared().execute(() -> later.complete(null));
			later.get(20, TimeUnit.SECONDS);
		}
	}

	private static void join(Thread thread) {
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
