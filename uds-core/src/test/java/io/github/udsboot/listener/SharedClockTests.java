package io.github.udsboot.listener;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.HostClock;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.HelloFrame;
import io.github.udsboot.protocol.HostTime;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Deadlines that are points on the clock of the host, which also runs while a listener is
 * stopped.
 */
@Timeout(60)
class SharedClockTests {

	private static final long HOUR = Duration.ofHours(1).toNanos();

	private final TestListener listener = new TestListener();

	private final AtomicInteger executed = new AtomicInteger();

	private final AtomicReference<Map<String, List<String>>> metadata = new AtomicReference<>();

	@BeforeEach
	void start() {
		for (Execution execution : List.of(Execution.INLINE, Execution.POOL)) {
			this.listener.handle(execution.name(), execution, (request, callback) -> {
				this.executed.incrementAndGet();
				this.metadata.set(request.metadata());
				callback.reply(UdsReply.ok(request.payload()));
			});
		}
		this.listener.start();
	}

	@AfterEach
	void stop() {
		this.listener.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "INLINE", "POOL" })
	void aRequestThatNobodyWaitsForAnyMoreReachesNoHandler(Execution execution) {
		try (RawClient client = client()) {
			assertThat(agree(client).clock()).isNotZero();
			client.write(onHostClock(3, execution.name(), System.nanoTime() - 1));
			assertThatItIsRefused(client.receiveAnswerTo(3));
			client.write(onHostClock(5, execution.name(), System.nanoTime() + HOUR));
			assertThat(client.receiveAnswerTo(5).status()).isEqualTo(Status.OK);
			assertThat(this.executed).hasValue(1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "UNARY", "STREAM" })
	void norDoesOneThatWasSentBeforeTheClockWasAgreedUpon(Kind kind) {
		try (RawClient client = client()) {
			client.write(early(1, "INLINE", kind, HostClock.id(), System.nanoTime() - HOUR, System.nanoTime() - 1));
			assertThatItIsRefused(client.receiveAnswerTo(1));
			client.write(early(3, "INLINE", Kind.UNARY, HostClock.id(), System.nanoTime(), System.nanoTime() + HOUR));
			assertThat(client.receiveAnswerTo(3).status()).isEqualTo(Status.OK);
			assertThat(this.executed).hasValue(1);
			assertThat(this.metadata.get()).as("handlers do not see it").isEmpty();
		}
	}

	@Test
	void theAnnouncementIsSuchARequest() {
		try (RawClient client = client()) {
			HostTime time = new HostTime(HostClock.id(), System.nanoTime() - HOUR, System.nanoTime() - 1);
			client.write(RawClient.bytes(new RequestFrame(1, "INLINE", new byte[0], HOUR,
					Extensions.announce(Map.of(), time), Kind.UNARY, true)));
			assertThat(client.next()).isInstanceOf(HelloFrame.class);
			assertThatItIsRefused(client.receiveAnswerTo(1));
			assertThat(this.executed).hasValue(0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "another", "" })
	void theClockOfAnotherHostSaysNothing(String clock) {
		try (RawClient client = client()) {
			long now = System.nanoTime();
			client.write(RawClient.bytes(new RequestFrame(1, "INLINE", new byte[0], HOUR,
					Extensions.announce(Map.of(), new HostTime(clock, now - HOUR, now - 1)), Kind.UNARY, true)));
			assertThat(client.next()).isEqualTo(new HelloFrame(1, Extensions.all()));
			assertThat(client.receiveAnswerTo(1).status()).isEqualTo(Status.OK);
			client.write(early(3, "INLINE", Kind.UNARY, clock, now - HOUR, now - 1));
			assertThat(client.receiveAnswerTo(3).status()).isEqualTo(Status.OK);
			// the number is what is left then, as for any other server
			client.write(onHostClock(5, "INLINE", HOUR));
			assertThat(client.receiveAnswerTo(5).status()).isEqualTo(Status.OK);
			assertThat(this.executed).hasValue(3);
		}
	}

	@Test
	void norDoesAClockThatIsAheadOfOurs() {
		try (RawClient client = client()) {
			long now = System.nanoTime();
			client.write(RawClient.bytes(new RequestFrame(1, "INLINE", new byte[0], HOUR,
					Extensions.announce(Map.of(), new HostTime(HostClock.id(), now + HOUR, now - 1)), Kind.UNARY,
					true)));
			assertThat(client.next()).isEqualTo(new HelloFrame(1, Extensions.all()));
			assertThat(client.receiveAnswerTo(1).status()).isEqualTo(Status.OK);
		}
	}

	/** A Go handler that calls on sends the metadata of its own caller along. */
	@Test
	void norDoesWhatIsPassedOnByAnotherPeer() {
		try (RawClient client = client()) {
			long now = System.nanoTime();
			client.write(RawClient.bytes(new RequestFrame(1, "INLINE", new byte[0], HOUR,
					new HostTime(HostClock.id(), now - HOUR, now - 1).in(Map.of()), Kind.UNARY, false)));
			assertThat(client.receiveAnswerTo(1).status()).isEqualTo(Status.OK);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "x 1", "x 1 y", "x y 1", "  ", "" })
	void norDoesWhatCannotBeRead(String value) {
		try (RawClient client = client()) {
			client.write(RawClient.bytes(new RequestFrame(1, "INLINE", new byte[0], HOUR,
					Map.of(HostTime.KEY, List.of(value)), Kind.UNARY, true)));
			assertThat(client.receiveAnswerTo(1).status()).isEqualTo(Status.OK);
		}
	}

	private static HelloFrame agree(RawClient client) {
		long now = System.nanoTime();
		client.write(RawClient.bytes(new RequestFrame(1, "echo", new byte[0], HOUR,
				Extensions.announce(Map.of(), new HostTime(HostClock.id(), now, now + HOUR)), Kind.UNARY, true)));
		HelloFrame hello = (HelloFrame) client.next();
		assertThat(hello.clock()).isBetween(now, System.nanoTime());
		assertThat(hello.extensions()).isEqualTo(Extensions.allAndDeadline());
		client.receiveAnswerTo(1);
		return hello;
	}

	private static void assertThatItIsRefused(ResponseFrame answer) {
		assertThat(answer.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
		assertThat(answer.undispatched()).isTrue();
	}

	private static byte[] onHostClock(long streamId, String route, long deadline) {
		return RawClient
			.bytes(new RequestFrame(streamId, route, new byte[0], deadline, Map.of(), Kind.UNARY, false, true));
	}

	private static byte[] early(long streamId, String route, Kind kind, String clock, long now, long deadline) {
		return RawClient.bytes(new RequestFrame(streamId, route, new byte[0], HOUR,
				new HostTime(clock, now, deadline).in(Map.of()), kind, true));
	}

	private RawClient client() {
		return RawClient.connect(this.listener.path());
	}

}
