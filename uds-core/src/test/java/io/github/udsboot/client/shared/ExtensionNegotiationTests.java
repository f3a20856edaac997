package io.github.udsboot.client.shared;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadline;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.client.TestClient;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.protocol.CancelFrame;
import io.github.udsboot.protocol.Extension;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.GoAwayFrame;
import io.github.udsboot.protocol.HelloFrame;
import io.github.udsboot.protocol.PingFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.ScriptedServer.Peer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a client tells a server of ours beyond ttrpc, and any other server not.
 */
@Timeout(60)
class ExtensionNegotiationTests {

	private final ScriptedServer server = new ScriptedServer().start();

	private final TestClient client = new TestClient(this.server.path(), TransportType.JDK);

	private final List<Status> recorded = new CopyOnWriteArrayList<>();

	private UdsTemplate template;

	private Peer peer;

	@AfterEach
	void close() {
		if (this.template != null) {
			this.template.close();
		}
		if (this.peer != null) {
			this.peer.close();
		}
		this.server.close();
	}

	@Test
	void theServerGoesAwayOnce() {
		AtomicInteger goneAway = new AtomicInteger();
		ExtensionNegotiation extensions = new ExtensionNegotiation(true, (frame) -> {
		}, (streamId) -> goneAway.incrementAndGet(), (ping) -> {
		});
		extensions.received(new HelloFrame(1, Extensions.all()));
		for (int i = 0; i < 1000; i++) {
			extensions.received(new GoAwayFrame(1));
		}
		assertThat(goneAway).hasValue(1);
	}

	@Test
	void theFirstRequestOfAConnectionAnnouncesAndNoOther() {
		start();
		CompletableFuture<String> first = request("first");
		accept();
		RequestFrame request = this.peer.request();
		assertThat(Extensions.announcedIn(request.metadata())).containsExactlyInAnyOrder(Extension.values());
		this.peer.greet(request);
		this.peer.answer(request);
		assertThat(first.join()).isEqualTo("first");
		CompletableFuture<String> second = request("second");
		RequestFrame next = this.peer.request();
		assertThat(next.metadata()).isEmpty();
		this.peer.answer(next);
		assertThat(second.join()).isEqualTo("second");
	}

	@Test
	void aRequestThatIsTooLargeWithTheAnnouncementGoesWithoutAndTheNextHasIt() {
		this.client.frameLimits = new FrameLimits(200, 8 << 10, 64, 255);
		start();
		request("x".repeat(180));
		accept();
		assertThat(this.peer.request().metadata()).isEmpty();
		request("small");
		assertThat(this.peer.request().metadata()).containsKey(Extensions.KEY);
	}

	@Test
	void aCancelledFutureCancelsTheCall() {
		start();
		CompletableFuture<String> future = request("call");
		accept();
		RequestFrame request = this.peer.request();
		this.peer.greet(request);
		CompletableFuture<String> other = request("other");
		RequestFrame second = this.peer.request();
		this.peer.answer(second);
		assertThat(other.join()).isEqualTo("other");
		assertThat(future.cancel(true)).isTrue();
		assertThat(this.peer.frame()).isEqualTo(new CancelFrame(request.streamId()));
		Callers.await().until(() -> this.recorded.contains(Status.CANCELLED));
		assertThat(TestClient.connections(this.template).stats().requestsInFlight()).isZero();
		// the server may have been quicker
		this.peer.answer(request);
		CompletableFuture<String> next = request("next");
		this.peer.answer(this.peer.request());
		assertThat(next.join()).isEqualTo("next");
	}

	@Test
	void aFutureThatRunsIntoATimeOutOfItsOwnCancelsTheCall() {
		start();
		CompletableFuture<String> future = request("call").orTimeout(300, TimeUnit.MILLISECONDS);
		accept();
		RequestFrame request = this.peer.request();
		this.peer.greet(request);
		assertThat(this.peer.frame()).isEqualTo(new CancelFrame(request.streamId()));
		assertThat(future).isCompletedExceptionally();
	}

	@Test
	void whatIsCancelledBeforeTheServerHasSaidWhatItUnderstandsIsToldThen() {
		start();
		CompletableFuture<String> first = request("first");
		CompletableFuture<String> second = request("second");
		accept();
		RequestFrame announcing = this.peer.request();
		RequestFrame other = this.peer.request();
		first.cancel(true);
		second.cancel(true);
		this.peer.greet(announcing);
		assertThat(List.of(this.peer.frame(), this.peer.frame()))
			.containsExactlyInAnyOrder(new CancelFrame(announcing.streamId()), new CancelFrame(other.streamId()));
	}

	@Test
	void aServerThatAnswersWithoutAGreetingIsNeverToldAnything() {
		start();
		CompletableFuture<String> early = request("early");
		CompletableFuture<String> answered = request("answered");
		accept();
		this.peer.request();
		RequestFrame second = this.peer.request();
		early.cancel(true);
		this.peer.answer(second);
		assertThat(answered.join()).isEqualTo("answered");
		CompletableFuture<String> late = request("late");
		this.peer.request();
		late.cancel(true);
		CompletableFuture<String> last = request("last");
		// the next frame is a request, and no other
		this.peer.answer(this.peer.request());
		assertThat(last.join()).isEqualTo("last");
	}

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	void anInterruptedCallerCancelsItsCallAndKeepsTheConnection(TransportType transport) throws Throwable {
		TestClient client = new TestClient(this.server.path(), transport);
		this.template = client.build();
		Caller<String> caller = Callers.start(() -> this.template.request("echo", "call", String.class));
		accept();
		RequestFrame request = this.peer.request();
		this.peer.greet(request);
		CompletableFuture<String> other = this.template.requestAsync("echo", "other", String.class);
		RequestFrame second = this.peer.request();
		this.peer.answer(second);
		assertThat(other.join()).isEqualTo("other");
		caller.thread().interrupt();
		assertThat(this.peer.frame()).isEqualTo(new CancelFrame(request.streamId()));
		assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(caller::result)
			.withMessageContaining("may have been executed");
		CompletableFuture<String> next = this.template.requestAsync("echo", "next", String.class);
		this.peer.answer(this.peer.request());
		assertThat(next.join()).isEqualTo("next");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whatAServerThatGoesAwayHasNotTakenIsMadeAgainElsewhere(boolean blocking) throws Throwable {
		start();
		Caller<String> taken = call(blocking, "taken");
		accept();
		RequestFrame first = this.peer.request();
		this.peer.greet(first);
		Caller<String> late = call(blocking, "late");
		RequestFrame second = this.peer.request();
		this.peer.write(Peer.encode(new GoAwayFrame(first.streamId())));
		try (Peer next = this.server.accept()) {
			RequestFrame again = next.request();
			assertThat(ScriptedServer.text(again)).isEqualTo("late");
			assertThat(again.metadata()).containsKey(Extensions.KEY);
			next.answer(again);
			assertThat(late.result()).isEqualTo("late");
			assertThat(second.streamId()).isGreaterThan(first.streamId());
			this.peer.answer(first);
			assertThat(taken.result()).isEqualTo("taken");
			// nothing is pending on it any more
			assertThat(this.peer.frame()).isNull();
		}
	}

	@Test
	void aServerThatHasNotGreetedIsNotBelieved() {
		start();
		CompletableFuture<String> future = request("call");
		accept();
		RequestFrame request = this.peer.request();
		this.peer.write(Peer.encode(new GoAwayFrame(0)));
		this.peer.write(Peer.encode(new PingFrame(request.streamId(), 1, false)));
		this.peer.answer(request);
		assertThat(future.join()).isEqualTo("call");
		CompletableFuture<String> next = request("next");
		// the next frame is a request on the same connection, and no other
		this.peer.answer(this.peer.request());
		assertThat(next.join()).isEqualTo("next");
	}

	@Test
	void aOneWayCallSaysSoAndHasNoDeadline() {
		start();
		UdsDeadline.setCurrent(UdsDeadline.after(Duration.ofSeconds(-1)));
		try {
			this.template.send("audit", "event");
		}
		finally {
			UdsDeadline.setCurrent(null);
		}
		accept();
		RequestFrame request = this.peer.request();
		assertThat(request.kind()).isEqualTo(RequestFrame.Kind.ONE_WAY);
		assertThat(request.timeoutNanos()).isZero();
		this.peer.answer(request);
	}

	@Test
	void aClientSaysThatItIsThereEvenWhenNothingGoesOn() {
		start();
		CompletableFuture<String> future = request("call");
		accept();
		RequestFrame request = this.peer.request();
		this.peer.greet(request);
		this.peer.answer(request);
		future.join();
		this.peer.write(Peer.encode(new PingFrame(request.streamId(), 42, false)));
		assertThat(this.peer.frame()).isEqualTo(new PingFrame(request.streamId(), 42, true));
	}

	@Test
	void aCallGetsNoMoreTimeThanTheRequestItIsMadeFor() {
		start();
		UdsDeadline.setCurrent(UdsDeadline.after(Duration.ofSeconds(10)));
		try {
			request("nested");
			this.template.route("echo").timeout(Duration.ofMinutes(5)).payload("capped").retrieveAsync(String.class);
			this.template.route("echo").timeout(Duration.ofSeconds(1)).payload("less").retrieveAsync(String.class);
		}
		finally {
			UdsDeadline.setCurrent(null);
		}
		this.template.route("echo").timeout(Duration.ofMinutes(5)).payload("alone").retrieveAsync(String.class);
		accept();
		assertThat(secondsLeft(this.peer.request())).isBetween(1L, 10L);
		assertThat(secondsLeft(this.peer.request())).isBetween(1L, 10L);
		assertThat(secondsLeft(this.peer.request())).isBetween(0L, 1L);
		assertThat(secondsLeft(this.peer.request())).isBetween(100L, 300L);
	}

	@Test
	void aCallThatIsMadeTooLateIsNotSent() {
		start();
		UdsDeadline.setCurrent(UdsDeadline.after(Duration.ofNanos(-1)));
		try {
			assertThatExceptionOfType(UdsDeadlineExceededException.class)
				.isThrownBy(() -> this.template.request("echo", "late", String.class))
				.withMessageContaining("was not sent");
			assertThat(request("late")).failsWithin(Callers.BOUND)
				.withThrowableOfType(ExecutionException.class)
				.withCauseInstanceOf(UdsDeadlineExceededException.class);
		}
		finally {
			UdsDeadline.setCurrent(null);
		}
		assertThat(TestClient.connections(this.template).stats().connects()).isZero();
	}

	private static long secondsLeft(RequestFrame request) {
		return Duration.ofNanos(request.timeoutNanos()).toSeconds();
	}

	private void start() {
		this.client.recorder = (route, status, nanos) -> this.recorded.add(status);
		this.template = this.client.build();
	}

	private void accept() {
		this.peer = this.server.accept();
	}

	private CompletableFuture<String> request(String payload) {
		return this.template.requestAsync("echo", payload, String.class);
	}

	private Caller<String> call(boolean blocking, String payload) {
		return Callers.start(() -> blocking ? this.template.request("echo", payload, String.class)
				: this.template.requestAsync("echo", payload, String.class).join());
	}

}
