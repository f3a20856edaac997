package io.github.udsboot.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.UdsException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.testsupport.TestTransport;
import io.github.udsboot.transport.BindFailedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A new instance that starts while the old one still runs.
 */
@Timeout(120)
class RollingUpdateTests {

	private static final int CALLERS = 8;

	private final AtomicBoolean calling = new AtomicBoolean(true);

	private final AtomicLong answered = new AtomicLong();

	private final AtomicLong answeredByTheNew = new AtomicLong();

	private final Queue<UdsException> failures = new ConcurrentLinkedQueue<>();

	@TempDir
	private Path directory;

	@AfterEach
	void stopCalling() {
		this.calling.set(false);
	}

	@Test
	void theNewInstanceServesWhenTheOldOneIsGoneAndNoRequestIsLost() throws Exception {
		Path path = this.directory.resolve("server.sock");
		try (ChildJvm oldInstance = ChildJvm.start(ListenerMain.class);
				ChildJvm newInstance = ChildJvm.start(ListenerMain.class);
				UdsTemplate template = UdsTemplate.builder()
					.path(path.toString())
					.transport(TestTransport.type())
					.waitForServer(Duration.ofSeconds(60))
					.timeout(Duration.ofSeconds(60))
					.build()) {
			assertThat(oldInstance.ask("start", "old", path, "PT0S")).isEqualTo("started");
			List<Thread> callers = startCallers(template);
			awaitAnswers(this.answered, 500);
			newInstance.tell("start", "new", path, "PT60S");
			awaitAnswers(this.answered, this.answered.get() + 2000);
			assertThat(newInstance.hasAnswered()).as("the old one is still there").isFalse();
			assertThat(this.answeredByTheNew).hasValue(0);
			assertThat(oldInstance.ask("stop")).isEqualTo("stopped");
			assertThat(newInstance.answer()).isEqualTo("started");
			awaitAnswers(this.answeredByTheNew, 500);
			this.calling.set(false);
			for (Thread caller : callers) {
				caller.join();
			}
			assertThat(this.failures).isEmpty();
			assertThat(executed(oldInstance) + executed(newInstance)).as("each call was executed once")
				.isEqualTo(this.answered.get());
			assertThat(newInstance.ask("stop")).isEqualTo("stopped");
			assertThat(path).doesNotExist();
		}
	}

	private static long executed(ChildJvm instance) {
		return Long.parseLong(instance.ask("executed"));
	}

	private List<Thread> startCallers(UdsTemplate template) {
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < CALLERS; i++) {
			Thread caller = new Thread(() -> {
				while (this.calling.get()) {
					call(template);
				}
			});
			callers.add(caller);
			caller.start();
		}
		return callers;
	}

	private void call(UdsTemplate template) {
		try {
			if (template.request("who", "", String.class).equals("new")) {
				this.answeredByTheNew.incrementAndGet();
			}
			this.answered.incrementAndGet();
		}
		catch (UdsException ex) {
			this.failures.add(ex);
		}
	}

	private void awaitAnswers(AtomicLong count, long target) {
		Eventually.await(target + " answers", () -> count.get() >= target || !this.failures.isEmpty());
	}

	@Test
	void aStopEndsAStartThatWaits() throws Exception {
		try (TestListener first = new TestListener().start()) {
			UdsListenerContainer second = second(first, Duration.ofDays(1));
			FutureTask<Void> start = new FutureTask<>(second::start, null);
			Thread starter = new Thread(start);
			starter.start();
			Eventually.await("it waits as a thread that a context may interrupt",
					() -> starter.getState() == Thread.State.WAITING);
			second.stop();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> start.get(20, TimeUnit.SECONDS))
				.havingCause()
				.isInstanceOf(UdsListenerStartException.class)
				.withMessageContaining("was stopped while it waited");
			assertThat(second.isRunning()).isFalse();
			first.container().stop();
			second.getOptions().setBindOptions(second.getOptions().getBindOptions().withWaitForRelease(Duration.ZERO));
			second.start();
			second.stop();
		}
	}

	@Test
	void anInterruptEndsAStartThatWaits() throws Exception {
		try (TestListener first = new TestListener().start()) {
			UdsListenerContainer second = second(first, Duration.ofDays(1));
			FutureTask<Boolean> start = new FutureTask<>(() -> {
				assertThatExceptionOfType(UdsListenerStartException.class).isThrownBy(second::start);
				return Thread.currentThread().isInterrupted();
			});
			Thread starter = new Thread(start);
			starter.start();
			Eventually.await("it waits", () -> starter.getState() == Thread.State.WAITING);
			starter.interrupt();
			assertThat(start.get(20, TimeUnit.SECONDS)).as("the flag is kept").isTrue();
		}
	}

	@Test
	void aStartThatHasWaitedInVainSaysHowLong() {
		try (TestListener first = new TestListener().start()) {
			UdsListenerContainer second = second(first, Duration.ofMillis(200));
			assertThatExceptionOfType(UdsListenerStartException.class).isThrownBy(second::start)
				.withMessageContaining("; waited ")
				.withCauseInstanceOf(BindFailedException.class);
		}
	}

	private static UdsListenerContainer second(TestListener first, Duration wait) {
		UdsListenerOptions options = new UdsListenerOptions("second", first.container().getOptions().getAddress());
		options.setBindOptions(options.getBindOptions().withWaitForRelease(wait));
		return new UdsListenerContainer(options, ListenerMain.router("second"), CallRecorder.NONE, null);
	}

}
