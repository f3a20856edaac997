package io.github.udsboot.listener.dispatch;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.stream.ItemSource;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What no thread begins before the listener has stopped, be it that an executor has
 * dropped it: each call is counted out, and each source closed.
 */
@Timeout(60)
class DroppedTaskTests {

	private final ConcurrentLinkedQueue<String> recorded = new ConcurrentLinkedQueue<>();

	private final AtomicInteger running = new AtomicInteger();

	private final CountDownLatch release = new CountDownLatch(1);

	private final TestListener listener = new TestListener().options((options) -> {
		options.setEventLoops(1);
		options.setMaxHandlerThreads(1);
		options.setExecution(Execution.POOL);
		options.setDrainTimeout(Duration.ZERO);
	}).recorder((route, status, nanos) -> this.recorded.add(route + " " + status));

	@AfterEach
	void stop() {
		this.release.countDown();
		this.listener.close();
	}

	@Test
	void aSourceWhoseCancellationGetsNoThreadIsClosed() throws Exception {
		BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
		SilentSource source = new SilentSource(waiting);
		hold();
		this.listener.handle("give", (request, callback) -> callback.stream(source, DroppedTaskTests::failed)).start();
		try (RawClient client = RawClient.connect(this.listener.path())) {
			client.write(stream(client.nextStreamId(), "give"));
			assertThat(waiting.poll(20, TimeUnit.SECONDS)).isNotNull();
			client.send("hold", "");
			Eventually.await("the only thread is taken",
					() -> this.listener.container().stats().handlerThreads() == 1 && this.running.get() == 1);
			this.listener.container().stop();
			Eventually.await("closed", () -> source.closed.get() == 1);
		}
		assertThat(source.closedOn).isNotEqualTo(Thread.currentThread())
			.satisfies((thread) -> assertThat(thread.getName()).as("no thread of the listener")
				.doesNotStartWith("uds-test"));
	}

	@Test
	void aSourceWhoseItemsGetNoThreadIsClosed() throws Exception {
		BlockingQueue<UdsReplyCallback> callbacks = new LinkedBlockingQueue<>();
		SilentSource source = new SilentSource(new LinkedBlockingQueue<>());
		hold();
		this.listener.handle("give", (request, callback) -> callbacks.add(callback)).start();
		try (RawClient client = RawClient.connect(this.listener.path())) {
			client.write(stream(client.nextStreamId(), "give"));
			UdsReplyCallback callback = callbacks.poll(20, TimeUnit.SECONDS);
			client.send("hold", "");
			Eventually.await("the only thread is taken", () -> this.running.get() == 1);
			callback.stream(source, DroppedTaskTests::failed);
			this.listener.container().stop();
			Eventually.await("closed", () -> source.closed.get() == 1);
		}
	}

	@Test
	void callsThatGetNoThreadAreCountedOutOnce() throws Exception {
		hold();
		this.listener.start();
		try (RawClient client = RawClient.connect(this.listener.path())) {
			client.send("hold", "");
			Eventually.await("the only thread is taken", () -> this.running.get() == 1);
			client.send("echo", "");
			client.send("echo", "");
			Eventually.await("all are here", () -> this.listener.container().stats().requestsInFlight() == 3);
			UdsListenerContainer container = this.listener.container();
			container.stop();
			this.release.countDown();
			Eventually.await("all are counted out", () -> this.recorded.size() == 3);
		}
	}

	/** As one does that was shut down, and is not asked whether it has run something. */
	@Test
	void aCallThatTheApplicationsExecutorDropsHasItsOutcomeWhenTheListenerStops() {
		this.listener.executor((task) -> {
		}).start();
		try (RawClient client = RawClient.connect(this.listener.path())) {
			client.send("echo", "");
			client.send("echo", "waits for the first");
			Eventually.await("they are here", () -> this.listener.container().stats().requestsInFlight() == 2);
			this.listener.container().stop();
			Eventually.await("they are counted out", () -> this.recorded.size() == 2);
		}
		assertThat(this.recorded).allMatch((line) -> line.startsWith("echo "));
	}

	/** Minds no interrupt. */
	private void hold() {
		this.listener.handle("hold", (request, callback) -> {
			this.running.incrementAndGet();
			boolean released = false;
			while (!released) {
				try {
					this.release.await();
					released = true;
				}
				catch (InterruptedException ex) {
					// on purpose
				}
			}
			callback.reply(UdsReply.ok(request.payload()));
		});
	}

	private static UdsReply failed(Throwable failure) {
		return UdsReply.failed(Status.INTERNAL, "failed");
	}

	private static byte[] stream(long streamId, String route) {
		return RawClient
			.bytes(new RequestFrame(streamId, route, "".getBytes(StandardCharsets.UTF_8), 0, Map.of(), Kind.STREAM));
	}

	/** Has no item, and waits for one. */
	private static final class SilentSource implements ItemSource {

		private final BlockingQueue<Runnable> waiting;

		private final AtomicInteger closed = new AtomicInteger();

		private volatile Thread closedOn;

		private SilentSource(BlockingQueue<Runnable> waiting) {
			this.waiting = waiting;
		}

		@Override
		public boolean isReady() {
			return false;
		}

		@Override
		public void whenReady(Runnable task) {
			this.waiting.add(task);
		}

		@Override
		public boolean hasNext() {
			return false;
		}

		@Override
		public byte[] next() {
			throw new AssertionError("There is none");
		}

		@Override
		public void close() {
			this.closedOn = Thread.currentThread();
			this.closed.incrementAndGet();
		}

	}

}
