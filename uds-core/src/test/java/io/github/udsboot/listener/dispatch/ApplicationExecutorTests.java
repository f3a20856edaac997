package io.github.udsboot.listener.dispatch;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.connection.ThreadShare;
import io.github.udsboot.guard.DroppableTask;
import io.github.udsboot.testsupport.Eventually;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls over an executor that does what executors of applications do. What it was given
 * runs when a test has it run.
 */
@Timeout(60)
class ApplicationExecutorTests {

	private static final ThreadLocal<@Nullable String> CONTEXT = new ThreadLocal<>();

	private final BlockingQueue<Runnable> given = new LinkedBlockingQueue<>();

	private final ThreadShare share = ThreadShare.unlimited();

	private final List<Runnable> lost = new CopyOnWriteArrayList<>();

	private final List<String> seen = new CopyOnWriteArrayList<>();

	private volatile @Nullable Throwable failure;

	private volatile @Nullable Throwable failureOfFallback;

	private final ApplicationExecutor executor = executor((task) -> {
		throwIfSet(this.failure);
		String context = CONTEXT.get();
		this.given.add(() -> {
			CONTEXT.set(context);
			try {
				task.run();
			}
			finally {
				CONTEXT.remove();
			}
		});
	});

	private ApplicationExecutor executor(Executor application) {
		return new ApplicationExecutor("test", application, 1, (task) -> {
			throwIfSet(this.failureOfFallback);
			task.run();
		});
	}

	private static void throwIfSet(@Nullable Throwable failure) {
		if (failure != null) {
			throw ApplicationExecutorTests.<RuntimeException>undeclared(failure);
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> T undeclared(Throwable failure) throws T {
		throw (T) failure;
	}

	@AfterEach
	void close() {
		this.executor.close();
	}

	private DroppableTask see(String what) {
		return new DroppableTask() {

			@Override
			public void run() {
				ApplicationExecutorTests.this.seen.add(what + " in " + CONTEXT.get());
			}

			@Override
			public void dropped() {
				ApplicationExecutorTests.this.lost.add(this);
			}

		};
	}

	private void runNext() throws InterruptedException {
		Runnable task = this.given.poll(20, TimeUnit.SECONDS);
		assertThat(task).isNotNull();
		task.run();
	}

	@Test
	void whatHadToWaitHasTheContextOfNobody() throws Exception {
		CONTEXT.set("context");
		this.executor.executeHere(this.share, see("first"));
		this.executor.execute(this.share, see("second"));
		CONTEXT.remove();
		runNext();
		runNext();
		assertThat(this.seen).containsExactly("first in context", "second in null");
	}

	@Test
	void aTaskThatFailsMakesRoomForTheNext() throws Exception {
		this.executor.executeHere(this.share, () -> throwIfSet(new Exception("expected by the test")));
		this.executor.executeHere(this.share, see("next"));
		runNext();
		runNext();
		assertThat(this.seen).hasSize(1);
	}

	@Test
	void whatWaitedRunsElsewhereOrIsToldWhateverTheExecutorThrows() throws Exception {
		Runnable last = see("last");
		this.executor.executeHere(this.share, see("first"));
		this.executor.executeHere(this.share, see("second"));
		this.failure = new Exception("expected by the test");
		runNext();
		Eventually.await("the second ran", () -> this.seen.size() == 2);
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> this.executor.executeHere(this.share, see("refused")));
		this.failureOfFallback = new OutOfMemoryError("expected by the test");
		this.executor.execute(this.share, last);
		Eventually.await("the last is told", () -> this.lost.contains(last));
		this.failure = null;
		this.executor.executeHere(this.share, see("later"));
		runNext();
		assertThat(this.seen).hasSize(3);
	}

	@Test
	void aTaskThatAnExecutorRunsBeforeItThrowsRunsOnceAndCountsOnce() {
		ApplicationExecutor careless = executor((task) -> {
			task.run();
			task.run();
			throw new RejectedExecutionException("expected by the test");
		});
		for (int i = 0; i < 3; i++) {
			careless.executeHere(this.share, see("task"));
		}
		assertThat(this.seen).hasSize(3);
		careless.execute(this.share, see("task"));
		Eventually.await("it runs", () -> this.seen.size() == 4);
		careless.close();
		assertThat(this.seen).hasSize(4);
		assertThat(this.lost).isEmpty();
	}

	@Test
	void whatHasNotBegunWhenTheListenerClosesIsToldOnce() throws Exception {
		Runnable first = see("first");
		Runnable waiting = see("waiting");
		this.executor.executeHere(this.share, first);
		this.executor.executeHere(this.share, waiting);
		this.executor.close();
		assertThat(this.lost).as("the executor may have dropped the first one, too").containsExactly(waiting, first);
		runNext();
		this.executor.close();
		assertThat(this.seen).isEmpty();
		assertThat(this.lost).hasSize(2);
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.executor.executeHere(this.share, see("late")));
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.executor.execute(this.share, see("late")));
	}

}
