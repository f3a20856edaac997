package io.github.udsboot.listener;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every request has exactly one answer, whatever its handler does.
 */
@Timeout(60)
class ReplyTests {

	private final TestListener listener = new TestListener().options((options) -> options.setEventLoops(1));

	@AfterEach
	void stop() {
		this.listener.close();
	}

	@ParameterizedTest
	@EnumSource(value = Execution.class, names = { "INLINE", "POOL" })
	void onlyTheFirstReplyCounts(Execution execution) {
		this.listener.handle("twice", execution, (request, callback) -> {
			callback.reply(UdsReply.ok("first".getBytes()));
			callback.reply(UdsReply.ok("second".getBytes()));
			throw new IllegalStateException("and failed on top, expected by the test");
		}).start();
		try (RawClient client = client()) {
			assertThat(text(client.call("twice", ""))).isEqualTo("first");
			assertThat(text(client.call("echo", "next"))).isEqualTo("next");
		}
	}

	@Test
	void aReplyMayComeFromAnotherThreadAfterTheHandlerHasReturned() {
		BlockingQueue<UdsReplyCallback> callbacks = new LinkedBlockingQueue<>();
		this.listener.handle("async", (request, callback) -> callbacks.add(callback)).start();
		try (RawClient client = client()) {
			long async = client.send("async", "");
			assertThat(text(client.receiveAnswerTo(client.send("echo", "meanwhile")))).isEqualTo("meanwhile");
			assertThat(this.listener.container().stats().requestsInFlight()).isOne();
			callbacks.remove().reply(UdsReply.ok("later".getBytes()));
			assertThat(text(client.receiveAnswerTo(async))).isEqualTo("later");
			assertThat(this.listener.container().stats().requestsInFlight()).isZero();
		}
	}

	@Test
	void aReplyMayComeFromAnotherThreadWhileTheHandlerRuns() throws Exception {
		this.listener.handle("async", (request, callback) -> {
			Thread other = new Thread(() -> callback.reply(UdsReply.ok("other".getBytes())));
			other.start();
			other.join();
			callback.reply(UdsReply.ok("own".getBytes()));
		}).start();
		try (RawClient client = client()) {
			assertThat(text(client.call("async", ""))).isEqualTo("other");
		}
	}

	@Test
	void aReplyAfterTheConnectionWasClosedIsDroppedAndCountedOut() {
		BlockingQueue<UdsReplyCallback> callbacks = new LinkedBlockingQueue<>();
		this.listener.handle("async", (request, callback) -> callbacks.add(callback)).start();
		try (RawClient client = client()) {
			client.send("async", "");
			Eventually.await("the handler has run", () -> callbacks.size() == 1);
		}
		callbacks.remove().reply(UdsReply.ok("nobody listens".getBytes()));
		assertThat(this.listener.container().stats().requestsInFlight()).isZero();
		Eventually.await("closed", () -> this.listener.container().stats().connections() == 0);
		try (RawClient client = client()) {
			assertThat(text(client.call("echo", "alive"))).isEqualTo("alive");
		}
	}

	@Test
	void anAnswerThatIsTooLargeBecomesAnErrorAndCostsNothingElse() {
		this.listener.options((options) -> options.setFrameLimits(new FrameLimits(1024, 1024, 16, 255)));
		this.listener.handle("large", (request, callback) -> callback.reply(UdsReply.ok(new byte[2000]))).start();
		try (RawClient client = client()) {
			ResponseFrame response = client.call("large", "");
			assertThat(response.status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
			assertThat(response.undispatched()).as("the handler has run").isFalse();
			assertThat(text(client.call("echo", "next"))).isEqualTo("next");
		}
	}

	@Test
	void detailsOfAFailureArriveUnlessTheyAreTooLarge() {
		StatusDetail detail = new StatusDetail("acme/a", new byte[] { 1 });
		StatusDetail large = new StatusDetail("acme/b", new byte[65_536]);
		this.listener
			.handle("some",
					(request, callback) -> callback.reply(UdsReply.failed(Status.NOT_FOUND, "no tea", List.of(detail))))
			.handle("many",
					(request, callback) -> callback
						.reply(UdsReply.failed(Status.NOT_FOUND, "no tea", List.of(detail, large))))
			.start();
		try (RawClient client = client()) {
			assertThat(client.call("some", "").details()).containsExactly(detail);
			ResponseFrame response = client.call("many", "");
			assertThat(response.status()).isEqualTo(Status.NOT_FOUND);
			assertThat(response.message()).isEqualTo("no tea");
			assertThat(response.details()).isEmpty();
			assertThat(response.undispatched()).isFalse();
			assertThat(text(client.call("echo", "next"))).isEqualTo("next");
		}
	}

	@Test
	void detailsOfAFailureThatDoNotFitTheFrameAreLeftOut() {
		this.listener.options((options) -> options.setFrameLimits(new FrameLimits(200, 100, 16, 100)));
		this.listener.handle("long", (request, callback) -> callback.reply(
				UdsReply.failed(Status.NOT_FOUND, "x".repeat(500), List.of(new StatusDetail("acme/a", new byte[190])))))
			.start();
		try (RawClient client = client()) {
			ResponseFrame response = client.call("long", "");
			assertThat(response.status()).isEqualTo(Status.NOT_FOUND);
			assertThat(response.message()).isEqualTo("x".repeat(100));
			assertThat(response.details()).isEmpty();
		}
	}

	@Test
	void anAnswerThatCannotBeEncodedAtAllClosesTheConnectionRatherThanLeavingTheCallerWaiting() {
		this.listener.handle("null", (request, callback) -> callback.reply(new UdsReply(Status.OK, "", null, false)))
			.start();
		try (RawClient client = client(); RawClient other = client()) {
			client.send("null", "");
			assertThat(client.isAtEnd()).isTrue();
			assertThat(text(other.call("echo", "alive"))).isEqualTo("alive");
			assertThat(this.listener.container().stats().requestsInFlight()).isZero();
		}
	}

	@Test
	void aRequestWhoseDeadlinePassesBeforeAHandlerCouldRunIsNotDispatched() {
		CountDownLatch release = new CountDownLatch(1);
		List<String> ran = new CopyOnWriteArrayList<>();
		this.listener.options((options) -> options.setMaxHandlerThreads(1));
		this.listener.handle("hold", Execution.POOL, (request, callback) -> {
			release.await();
			callback.reply(UdsReply.ok(request.payload()));
		}).handle("late", Execution.POOL, (request, callback) -> {
			ran.add("late");
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (RawClient client = client()) {
			client.write(RawClient.request(1, "hold", new byte[0]),
					RawClient.request(3, "late", new byte[0], Duration.ofNanos(1)));
			ResponseFrame late = client.receiveAnswerTo(3);
			assertThat(late.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
			assertThat(late.undispatched()).isTrue();
			release.countDown();
			assertThat(client.receiveAnswerTo(1).status()).isEqualTo(Status.OK);
			Eventually.await("both are over", () -> this.listener.container().stats().requestsInFlight() == 0);
			assertThat(ran).isEmpty();
		}
	}

	@Test
	void aRecorderThatThrowsCostsNoAnswer() {
		this.listener.recorder((route, status, nanos) -> {
			throw new IllegalStateException("expected by the test");
		}).start();
		try (RawClient client = client()) {
			assertThat(text(client.call("echo", "one"))).isEqualTo("one");
			assertThat(client.call("unknown", "").status()).isEqualTo(Status.UNIMPLEMENTED);
			assertThat(text(client.call("echo", "two"))).isEqualTo("two");
		}
	}

	@Test
	void everyCallIsRecordedOnceUnderItsRoute() {
		List<String> recorded = new CopyOnWriteArrayList<>();
		this.listener.recorder((route, status, nanos) -> recorded.add(route + " " + status)).start();
		try (RawClient client = client()) {
			client.call("echo", "");
			client.call("nobody.knows", "");
		}
		assertThat(recorded).containsExactly("echo OK", "UNKNOWN UNIMPLEMENTED");
	}

	private RawClient client() {
		return RawClient.connect(this.listener.path());
	}

	private static String text(ResponseFrame response) {
		assertThat(response.status()).isEqualTo(Status.OK);
		return new String(response.payload());
	}

}
