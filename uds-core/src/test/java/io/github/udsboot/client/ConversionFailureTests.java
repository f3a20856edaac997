package io.github.udsboot.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.converter.MessageConverter;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.client.UdsOperations.RequestSpec;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.ScriptedServer.Peer;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Converters of the application that fail in all the ways there are: each call has one
 * typed outcome, and keeps neither a connection nor a permit.
 */
@Timeout(60)
class ConversionFailureTests {

	private static final List<Fault> THROWN = List.of(Fault.UNCHECKED, Fault.ERROR, Fault.CONVERSION, Fault.WORDLESS);

	private final ScriptedServer server = new ScriptedServer();

	private final TestClient client = new TestClient(this.server.path(), TransportType.JDK);

	private final AtomicInteger closed = new AtomicInteger();

	private UdsTemplate template;

	@AfterEach
	void close() {
		if (this.template != null) {
			this.template.close();
		}
		this.server.close();
	}

	private void start() {
		this.client.converter = PayloadConverter.builder().converter(new BrokenConverter()).build();
		this.server.start();
		this.template = this.client.build();
	}

	private static List<Arguments> table(List<Fault> faults, Way... ways) {
		return Stream.of(ways).flatMap((way) -> faults.stream().map((fault) -> Arguments.of(way, fault))).toList();
	}

	static List<Arguments> payloads() {
		return table(THROWN, Way.values());
	}

	@ParameterizedTest
	@MethodSource("payloads")
	void aPayloadThatCannotBeConvertedIsNotSent(Way way, Fault fault) {
		start();
		Throwable failure = way.make(call(fault, way.sendsItems() ? Stream.of("a") : null), String.class);
		assertTyped(failure, Status.INVALID_ARGUMENT);
		assertThat(this.template.getConnectionFactory().stats().connects()).isZero();
		assertThat(this.closed).hasValue(way.sendsItems() ? 1 : 0);
		assertNothingIsKept();
	}

	static List<Arguments> itemsSent() {
		return table(THROWN, Way.UPLOAD, Way.UPLOAD_ASYNC, Way.TWO_WAY, Way.TWO_WAY_PUBLISHER);
	}

	@ParameterizedTest
	@MethodSource("itemsSent")
	void anItemThatCannotBeConvertedEndsTheCall(Way way, Fault fault) throws Throwable {
		start();
		Caller<Boolean> ended = Callers.start(() -> {
			try (Peer peer = this.server.accept()) {
				return awaitEnd(peer);
			}
		});
		Throwable failure = way.make(call("text", Stream.of("a", fault)), String.class);
		assertTyped(failure, Status.INVALID_ARGUMENT);
		assertThat(failure).hasMessageContaining("Item 2");
		assertThat(ended.result()).isTrue();
		Callers.await().until(() -> this.closed.get() == 1);
		assertNothingIsKept();
	}

	static List<Arguments> answers() {
		return table(THROWN, Way.BLOCKING, Way.ASYNC, Way.UPLOAD, Way.UPLOAD_ASYNC);
	}

	@ParameterizedTest
	@MethodSource("answers")
	void anAnswerThatCannotBeReadFailsTheCall(Way way, Fault fault) throws Throwable {
		start();
		Caller<Boolean> answered = Callers.start(() -> {
			try (Peer peer = this.server.accept()) {
				peer.answer(peer.request(), fault.name());
				return awaitEnd(peer);
			}
		});
		assertTyped(way.make(call("text", way.sendsItems() ? Stream.of("a") : null), Fault.class), Status.INTERNAL);
		assertNothingIsKept();
		this.template.close();
		assertThat(answered.result()).isTrue();
	}

	static List<Arguments> itemsReceived() {
		return table(List.of(Fault.values()), Way.STREAM, Way.TWO_WAY, Way.PUBLISHER, Way.TWO_WAY_PUBLISHER);
	}

	/** The server would send for ever, and the stream is not closed. */
	@ParameterizedTest
	@MethodSource("itemsReceived")
	void anItemThatCannotBeReadEndsTheStreamForTheServerToo(Way way, Fault fault) throws Throwable {
		start();
		Caller<Boolean> ended = Callers.start(() -> {
			try (Peer peer = this.server.accept()) {
				RequestFrame request = peer.request();
				byte[] item = (fault == Fault.NOTHING) ? new byte[0] : fault.name().getBytes(StandardCharsets.UTF_8);
				peer.write(Peer.encode(DataFrame.item(request.streamId(), item)));
				return awaitEnd(peer);
			}
		});
		assertTyped(way.make(call("text", way.sendsItems() ? Stream.of("a") : null), Fault.class), Status.INTERNAL);
		assertThat(ended.result()).isTrue();
		assertNothingIsKept();
	}

	private static boolean awaitEnd(Peer peer) {
		Frame frame = peer.frame();
		while (frame != null) {
			frame = peer.frame();
		}
		return true;
	}

	private RequestSpec call(Object payload, Stream<?> items) {
		RequestSpec call = this.template.route("echo").payload(payload).timeout(Duration.ofHours(1));
		return (items != null) ? call.payloads(items.onClose(this.closed::incrementAndGet)) : call;
	}

	private void assertTyped(Throwable failure, Status status) {
		assertThat(failure).isInstanceOfSatisfying(UdsConversionException.class, (typed) -> {
			assertThat(typed.getStatus()).isEqualTo(status);
			assertThat(typed.getRoute()).isEqualTo("echo");
			assertThat(typed.getSocketPath()).isEqualTo(this.server.path().toString());
		});
	}

	private void assertNothingIsKept() {
		Callers.await().until(() -> this.client.streams().freePermits() == TestClient.MAX_STREAMS);
		Callers.await().until(() -> TestClient.connections(this.template).limiter().free() == this.client.maxInFlight);
	}

	/** How a converter fails; in a payload, its name. */
	enum Fault {

		UNCHECKED, ERROR, CONVERSION,

		/** An exception that fails when it is asked for its message. */
		WORDLESS,

		/** An empty item, which is read as {@code null}. */
		NOTHING;

		private RuntimeException failure() {
			return switch (this) {
				case ERROR -> throw new StackOverflowError("too deep");
				case CONVERSION -> new MessageConversionException("not convertible");
				case WORDLESS -> new IllegalStateException() {

					private static final long serialVersionUID = 1L;

					@Override
					public String getMessage() {
						throw new UnsupportedOperationException("no words");
					}

				};
				default -> new IllegalStateException("broken");
			};
		}

	}

	/** Fails with all that it knows. */
	private static final class BrokenConverter implements MessageConverter {

		@Override
		public Object fromMessage(Message<?> message, Class<?> targetClass) {
			if (targetClass != Fault.class) {
				return null;
			}
			throw Fault.valueOf(new String((byte[]) message.getPayload(), StandardCharsets.UTF_8)).failure();
		}

		@Override
		public Message<?> toMessage(Object payload, MessageHeaders headers) {
			if (payload instanceof Fault fault) {
				throw fault.failure();
			}
			return null;
		}

	}

	/** The ways to make a call, each with the failure that it gives its caller. */
	enum Way {

		BLOCKING(false), ASYNC(false), SEND(false), UPLOAD(true), UPLOAD_ASYNC(true), STREAM(false), TWO_WAY(true),
		PUBLISHER(false), TWO_WAY_PUBLISHER(true);

		private final boolean items;

		Way(boolean items) {
			this.items = items;
		}

		boolean sendsItems() {
			return this.items;
		}

		Throwable make(RequestSpec call, Class<?> type) {
			return switch (this) {
				case BLOCKING, UPLOAD -> thrown(() -> call.retrieve(type));
				case SEND -> thrown(call::send);
				case ASYNC, UPLOAD_ASYNC -> failure(call.retrieveAsync(type));
				case STREAM, TWO_WAY -> thrown(() -> call.stream(type).forEach((item) -> {
				}));
				case PUBLISHER, TWO_WAY_PUBLISHER -> failure(subscribe(call.publisher(type)));
			};
		}

		/** On a thread of its own, as a fault may hang. */
		private static Throwable thrown(Runnable call) {
			return catchThrowable(() -> Callers.start(() -> {
				call.run();
				return true;
			}).result());
		}

		private static Throwable failure(CompletableFuture<?> outcome) {
			Callers.await().until(outcome::isDone);
			Throwable failure = catchThrowable(outcome::get);
			return (failure != null) ? failure.getCause() : null;
		}

		private static CompletableFuture<Void> subscribe(Flow.Publisher<?> publisher) {
			CompletableFuture<Void> end = new CompletableFuture<>();
			publisher.subscribe(new Flow.Subscriber<Object>() {

				@Override
				public void onSubscribe(Flow.Subscription subscription) {
					subscription.request(Long.MAX_VALUE);
				}

				@Override
				public void onNext(Object item) {
					end.completeExceptionally(new AssertionError("There is no item, but " + item));
				}

				@Override
				public void onError(Throwable failure) {
					end.completeExceptionally(failure);
				}

				@Override
				public void onComplete() {
					end.complete(null);
				}

			});
			return end;
		}

	}

}
