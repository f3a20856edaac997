package io.github.udsboot.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.interop.v1.GreetReply;
import io.github.udsboot.interop.v1.GreetRequest;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Streams between ours and another implementation of ttrpc, both ways.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
abstract class TtrpcStreamContractTests {

	/** More than all buffers on the way take. */
	protected static final long ENDLESS = Long.MAX_VALUE;

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	/**
	 * Run a command of the client to its end.
	 * @param socket the listener's socket
	 * @param arguments flags, command and the command's arguments
	 * @return what came of it
	 */
	protected abstract TtrpcCallOutcome call(Path socket, String... arguments);

	/**
	 * Start the server and wait until it listens.
	 * @param socket the path of the socket, which is free
	 */
	protected abstract InteropProcess startServer(Path socket);

	/**
	 * Start the server so that a handler gets the items of a stream in the order in which
	 * they were sent.
	 * @param socket the path of the socket, which is free
	 */
	protected InteropProcess startServerThatKeepsTheOrder(Path socket) {
		return startServer(socket);
	}

	protected final UdsListenerOptions listenerOptions() {
		return InteropListener.options(this.directory.resolve("uds.sock"), this.transport);
	}

	protected final TtrpcCallOutcome call(String... arguments) {
		try (InteropListener listener = InteropListener.start(listenerOptions(), new InteropStreams())) {
			return call(listener.socket(), arguments);
		}
	}

	@Test
	void theirClientTakesOurStream() {
		TtrpcCallOutcome outcome = call("stream-range", "10000");
		assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.OK);
		assertThat(outcome.number("items")).isEqualTo(10_000);
		assertThat(outcome.flag("ordered")).isTrue();
		assertThat(call("stream-range", "0").number("items")).isZero();
	}

	@Test
	void theirClientSeesTheFailureOfOurStream() {
		TtrpcCallOutcome outcome = call("stream-fail", "3");
		assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.OUT_OF_RANGE);
		assertThat(outcome.message()).isEqualTo("only 3");
		assertThat(outcome.number("items")).isEqualTo(3);
	}

	@Test
	void theirClientSendsUsAStream() {
		TtrpcCallOutcome outcome = call("stream-sum", "500");
		assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.OK);
		assertThat(outcome.number("sum")).isEqualTo(124_750);
		assertThat(call("stream-sum", "0").number("sum")).isZero();
	}

	@Test
	void theirClientAndOurHandlerSendInTurns() {
		TtrpcCallOutcome outcome = call("stream-upper", "to", "be", "or", "not");
		assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.OK);
		assertThat(outcome.texts("words")).containsExactly("TO", "BE", "OR", "NOT");
	}

	@Test
	void theirClientIsToldWithAStatusThatOurStreamEndsBecauseWeStop() throws Exception {
		UdsListenerOptions options = listenerOptions();
		options.setDrainStreamTimeout(Duration.ofMillis(300));
		try (InteropListener listener = InteropListener.start(options, new InteropStreams())) {
			CompletableFuture<TtrpcCallOutcome> call = CompletableFuture
				.supplyAsync(() -> call(listener.socket(), "-timeout", "0s", "stream-range", String.valueOf(ENDLESS)));
			while (listener.stats().requestsInFlight() == 0) {
				assertThat(call).isNotDone();
				Thread.sleep(1);
			}
			listener.stop();
			TtrpcCallOutcome outcome = call.get(30, TimeUnit.SECONDS);
			assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.UNAVAILABLE);
			assertThat(outcome.isRemote()).isTrue();
			assertThat(outcome.message()).isEqualTo("The server stops");
			assertThat(outcome.number("items")).isPositive();
			assertThat(outcome.flag("ordered")).isTrue();
		}
	}

	protected final Path serverSocket() {
		return this.directory.resolve("server.sock");
	}

	protected final UdsTemplate template() {
		return UdsTemplate.builder().path(serverSocket().toString()).transport(this.transport).build();
	}

	protected static Stream<Int64Value> range(UdsTemplate uds, long count) {
		return uds.stream(InteropStreams.NAME + ".Range", Int64Value.of(count), Int64Value.class);
	}

	@Test
	void ourClientTakesTheirStream() {
		try (InteropProcess server = startServer(serverSocket()); UdsTemplate uds = template()) {
			try (Stream<Int64Value> numbers = range(uds, 10_000)) {
				assertThat(numbers.map(Int64Value::getValue)).as(server::describe)
					.containsExactlyElementsOf(LongStream.range(0, 10_000).boxed().toList());
			}
			// The request has no bytes at all, and is one
			try (Stream<Int64Value> numbers = range(uds, 0)) {
				assertThat(numbers).isEmpty();
			}
		}
	}

	@Test
	void ourClientSeesTheFailureOfTheirStream() {
		try (InteropProcess server = startServer(serverSocket()); UdsTemplate uds = template()) {
			List<Long> taken = new ArrayList<>();
			try (Stream<Int64Value> numbers = uds.stream(InteropStreams.NAME + ".FailAfter", Int64Value.of(3),
					Int64Value.class)) {
				assertThatExceptionOfType(UdsRemoteException.class)
					.isThrownBy(() -> numbers.forEach((number) -> taken.add(number.getValue())))
					.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.OUT_OF_RANGE))
					.satisfies((ex) -> assertThat(ex.getRemoteMessage()).isEqualTo("only 3"));
			}
			assertThat(taken).as(server::describe).containsExactly(0L, 1L, 2L);
		}
	}

	@Test
	void ourClientSendsThemAStream() {
		try (InteropProcess server = startServerThatKeepsTheOrder(serverSocket()); UdsTemplate uds = template()) {
			assertThat(sum(uds, 500)).as(server::describe).isEqualTo(124_750);
			assertThat(sum(uds, 0)).isZero();
		}
	}

	private static long sum(UdsTemplate uds, long count) {
		return uds.route(InteropStreams.NAME + ".Sum")
			.payloads(LongStream.range(0, count).mapToObj(Int64Value::of))
			.retrieve(Int64Value.class)
			.getValue();
	}

	/** An empty first item that was not sent would be the first answer. */
	@Test
	void ourClientAndTheirHandlerSendInTurns() {
		LinkedBlockingQueue<StringValue> words = new LinkedBlockingQueue<>();
		Iterator<StringValue> endless = Stream.generate(() -> take(words)).iterator();
		try (InteropProcess server = startServer(serverSocket()); UdsTemplate uds = template()) {
			try (Stream<StringValue> answers = uds.route(InteropStreams.NAME + ".Upper")
				.payloads(endless)
				.stream(StringValue.class)) {
				Iterator<StringValue> iterator = answers.iterator();
				for (String word : List.of("to", "be", "or")) {
					words.add(StringValue.of(word));
					assertThat(iterator.next().getValue()).as(server::describe)
						.isEqualTo(word.toUpperCase(Locale.ROOT));
				}
			}
			assertServes(uds);
		}
	}

	protected static <T> T take(LinkedBlockingQueue<T> items) {
		try {
			return items.take();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void itemsOfOurClientKeepTheirOrder() {
		List<String> words = LongStream.range(0, 5_000).mapToObj((number) -> "W" + number).toList();
		try (InteropProcess server = startServerThatKeepsTheOrder(serverSocket());
				UdsTemplate uds = template();
				Stream<StringValue> answers = uds.route(InteropStreams.NAME + ".Upper")
					.payloads(words.stream().map(StringValue::of))
					.stream(StringValue.class)) {
			assertThat(answers.map(StringValue::getValue)).as(server::describe).containsExactlyElementsOf(words);
		}
	}

	protected static void assertServes(UdsTemplate uds) {
		GreetRequest ada = GreetRequest.newBuilder().setName("Ada").build();
		assertThat(uds.request(InteropService.GREET, ada, GreetReply.class).getMessage()).isEqualTo("Hello, Ada!");
	}

}
