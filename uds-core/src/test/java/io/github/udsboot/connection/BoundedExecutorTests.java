package io.github.udsboot.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
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

import io.github.udsboot.guard.DroppableTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class BoundedExecutorTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Queue<Runnable> started = new ArrayDeque<>();

	/** Starts nothing until {@link #runStarted()}. */
	private final BoundedExecutor manual = new BoundedExecutor(this.started::add, 2);

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	@Test
	void runsTasksUpToItsCapacityAndTheOthersInOrderAfterThem() {
		List<Integer> ran = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			int number = i;
			this.manual.execute(() -> ran.add(number));
		}
		assertThat(this.started).hasSize(2);
		assertThat(this.manual.running()).isEqualTo(2);
		assertThat(this.manual.hasCapacity()).isFalse();
		runStarted();
		assertThat(ran).containsExactly(0, 1, 2, 3, 4);
		assertThat(this.manual.running()).isZero();
	}

	@Test
	void whatItDropsWhenItIsClosedIsToldOnceWhateverThatThrows() {
		List<String> told = new ArrayList<>();
		this.manual.execute(task(told, "first"));
		this.manual.execute(() -> told.add("ran"));
		this.manual.execute(task(told, "second"));
		this.manual.close();
		this.manual.close();
		runStarted();
		assertThat(told).containsExactly("first", "second");
		assertThat(this.manual.running()).isZero();
	}

	private static DroppableTask task(List<String> told, String name) {
		return new DroppableTask() {

			@Override
			public void run() {
				told.add(name + " ran");
			}

			@Override
			public void dropped() {
				told.add(name);
				throw new IllegalStateException("expected by the test");
			}

		};
	}

	@Test
	void aThreadCountedInFromOutsideTakesCapacityAndGivesItBack() {
		List<String> ran = new ArrayList<>();
		this.manual.acquireUnchecked();
		this.manual.acquireUnchecked();
		this.manual.acquireUnchecked();
		this.manual.execute(() -> ran.add("waited"));
		assertThat(this.started).isEmpty();
		this.manual.release();
		assertThat(this.started).as("still one too many").isEmpty();
		this.manual.release();
		runStarted();
		assertThat(ran).containsExactly("waited");
		assertThat(this.manual.running()).isOne();
	}

	@Test
	void aThreadCountedInFromOutsideMayRunWhatWaits() {
		List<Thread> ran = new ArrayList<>();
		this.manual.acquireUnchecked();
		this.manual.acquireUnchecked();
		this.manual.execute(() -> ran.add(Thread.currentThread()));
		this.manual.work();
		assertThat(ran).containsExactly(Thread.currentThread());
		assertThat(this.started).isEmpty();
		assertThat(this.manual.running()).isOne();
	}

	@Test
	void goesOnAfterATaskThatThrows() {
		List<String> ran = new ArrayList<>();
		this.manual.execute(() -> {
			throw new IllegalStateException("expected by the test");
		});
		this.manual.execute(() -> {
			throw new StackOverflowError("expected by the test");
		});
		this.manual.execute(() -> ran.add("last"));
		runStarted();
		assertThat(ran).containsExactly("last");
		assertThat(this.manual.running()).isZero();
	}

	@Test
	void anInterruptMeantForATaskDoesNotReachTheNext() {
		List<Boolean> interrupted = new ArrayList<>();
		this.manual.execute(() -> Thread.currentThread().interrupt());
		this.manual.execute(() -> interrupted.add(Thread.currentThread().isInterrupted()));
		runStarted();
		assertThat(interrupted).containsExactly(false);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void aRejectedTaskIsNotRunAndLeavesTheCapacityFree() {
		BoundedExecutor executor = new BoundedExecutor((task) -> {
			throw new RejectedExecutionException("full");
		}, 1);
		List<String> ran = new ArrayList<>();
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> executor.execute(() -> ran.add("rejected")));
		assertThat(executor.running()).isZero();
		executor.acquireUnchecked();
		executor.work();
		assertThat(ran).isEmpty();
	}

	@Test
	void aThreadThatCannotBeStartedRejectsOnlyTheTaskItWasFor() {
		List<String> ran = new ArrayList<>();
		List<Executor> self = new ArrayList<>();
		AtomicInteger starts = new AtomicInteger();
		BoundedExecutor executor = new BoundedExecutor((worker) -> {
			if (starts.incrementAndGet() == 1) {
				// another task comes while no thread can be had for the first
				self.get(0).execute(() -> ran.add("second"));
				throw new OutOfMemoryError("unable to create native thread, expected by the test");
			}
			this.started.add(worker);
		}, 1);
		self.add(executor);
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> executor.execute(() -> ran.add("first")));
		executor.execute(() -> ran.add("third"));
		runStarted();
		assertThat(ran).containsExactly("second", "third");
		assertThat(executor.running()).isZero();
	}

	@Test
	void dropsWhatWaitsAndTakesNoMoreOnceClosed() {
		List<String> ran = new ArrayList<>();
		this.manual.acquireUnchecked();
		this.manual.acquireUnchecked();
		this.manual.execute(() -> ran.add("waits"));
		this.manual.close();
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.manual.execute(() -> ran.add("late")));
		this.manual.work();
		assertThat(ran).isEmpty();
	}

	@Test
	void neverRunsMoreThanItsCapacityAndForgetsNoTask() throws Exception {
		int capacity = 3;
		int tasks = 20_000;
		BoundedExecutor executor = new BoundedExecutor(this.threads, capacity);
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		CountDownLatch all = new CountDownLatch(4 * tasks);
		for (int i = 0; i < 4; i++) {
			this.threads.execute(() -> {
				for (int n = 0; n < tasks; n++) {
					executor.execute(() -> {
						most.accumulateAndGet(running.incrementAndGet(), Math::max);
						running.decrementAndGet();
						all.countDown();
					});
				}
			});
		}
		assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(most).hasValueLessThanOrEqualTo(capacity);
		while (executor.running() > 0) {
			Thread.onSpinWait();
		}
	}

	private void runStarted() {
		Runnable worker = this.started.poll();
		while (worker != null) {
			worker.run();
			worker = this.started.poll();
		}
	}

}
