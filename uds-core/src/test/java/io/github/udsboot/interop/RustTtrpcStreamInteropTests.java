package io.github.udsboot.interop;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.interop.v1.GreetReply;
import io.github.udsboot.interop.v1.GreetRequest;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Streams between ours and the Rust crate {@code ttrpc}, both ways.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class RustTtrpcStreamInteropTests {

	/**
	 * With more threads the crate's server may mix up the items that it takes, and does
	 * not always tell a handler that nobody takes its items any more: see interop/rust.
	 */
	private static final String[] ONE_THREAD = { "-threads", "1" };

	/** More than all buffers on the way take. */
	private static final long ENDLESS = Long.MAX_VALUE;

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	@BeforeAll
	static void buildPrograms() {
		RustPrograms.require();
	}

	private InteropListener listener(Object handlers) {
		return InteropListener.start(InteropListener.options(this.directory.resolve("uds.sock"), this.transport),
				handlers);
	}

	private TtrpcCallOutcome call(String... arguments) {
		try (InteropListener listener = listener(new InteropStreams())) {
			return RustPrograms.callTtrpc(listener.socket(), arguments);
		}
	}

	@Test
	void rustTakesOurStream() {
		TtrpcCallOutcome outcome = call("stream-range", "10000");
		assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.OK);
		assertThat(outcome.number("items")).isEqualTo(10_000);
		assertThat(outcome.flag("ordered")).isTrue();
		assertThat(call("stream-range", "0").number("items")).isZero();
	}

	@Test
	void rustSeesTheFailureOfOurStream() {
		TtrpcCallOutcome outcome = call("stream-fail", "3");
		assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.OUT_OF_RANGE);
		assertThat(outcome.message()).isEqualTo("only 3");
		assertThat(outcome.number("items")).isEqualTo(3);
	}

	@Test
	void rustSendsUsAStream() {
		TtrpcCallOutcome outcome = call("stream-sum", "500");
		assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.OK);
		assertThat(outcome.number("sum")).isEqualTo(124_750);
		assertThat(call("stream-sum", "0").number("sum")).isZero();
	}

	@Test
	void rustAndOursSendInTurns() {
		TtrpcCallOutcome outcome = call("stream-upper", "to", "be", "or", "not");
		assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.OK);
		assertThat(outcome.texts("words")).containsExactly("TO", "BE", "OR", "NOT");
	}

	@Test
	void rustIsAnsweredBeforeItHasSentAll() {
		TtrpcCallOutcome outcome = call("stream-first", "5000");
		assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.OK);
		assertThat(outcome.number("first")).isEqualTo(7);
	}

	@Test
	void rustThatTakesNoMoreStopsOurProducer() throws Exception {
		EndlessStreams handlers = new EndlessStreams();
		try (InteropListener listener = listener(handlers)) {
			TtrpcCallOutcome outcome = RustPrograms.callTtrpc(listener.socket(), "stream-take", "5",
					String.valueOf(ENDLESS));
			assertThat(outcome.number("items")).as("%s", outcome).isEqualTo(5);
			assertThat(outcome.flag("ordered")).isTrue();
			assertThat(handlers.closed.await(30, TimeUnit.SECONDS)).isTrue();
			Eventually.assertThat(() -> {
				assertThat(listener.stats().connections()).isZero();
				assertThat(listener.stats().requestsInFlight()).isZero();
			});
		}
	}

	private InteropProcess server(String... options) {
		return RustPrograms.startTtrpcServer(this.directory.resolve("rust.sock"), options);
	}

	private UdsTemplate template() {
		return UdsTemplate.builder()
			.path(this.directory.resolve("rust.sock").toString())
			.transport(this.transport)
			.build();
	}

	private static Stream<Int64Value> range(UdsTemplate uds, long count) {
		return uds.stream(InteropStreams.NAME + ".Range", Int64Value.of(count), Int64Value.class);
	}

	@Test
	void ourClientTakesRustsStream() {
		try (InteropProcess server = server(); UdsTemplate uds = template()) {
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
	void ourClientSeesTheFailureOfRustsStream() {
		try (InteropProcess server = server(); UdsTemplate uds = template()) {
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
	void ourClientThatTakesNoMoreStopsRustsProducer() {
		try (InteropProcess server = server(ONE_THREAD); UdsTemplate uds = template()) {
			try (Stream<Int64Value> numbers = range(uds, ENDLESS)) {
				assertThat(numbers.limit(5).map(Int64Value::getValue)).containsExactly(0L, 1L, 2L, 3L, 4L);
			}
			server.awaitLine("stopped");
			assertServes(uds);
		}
	}

	@Test
	void ourClientSendsRustAStream() {
		try (InteropProcess server = server(ONE_THREAD); UdsTemplate uds = template()) {
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

	/** An empty first item that nobody has sent would be the first answer. */
	@Test
	void oursAndRustSendInTurns() {
		LinkedBlockingQueue<StringValue> words = new LinkedBlockingQueue<>();
		Iterator<StringValue> endless = Stream.generate(() -> take(words)).iterator();
		try (InteropProcess server = server();
				UdsTemplate uds = template();
				Stream<StringValue> answers = uds.route(InteropStreams.NAME + ".Upper")
					.payloads(endless)
					.stream(StringValue.class)) {
			Iterator<StringValue> iterator = answers.iterator();
			for (String word : List.of("to", "be", "or")) {
				words.add(StringValue.of(word));
				assertThat(iterator.next().getValue()).as(server::describe).isEqualTo(word.toUpperCase(Locale.ROOT));
			}
		}
	}

	private static <T> T take(LinkedBlockingQueue<T> items) {
		try {
			return items.take();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void itemsOfOursKeepTheirOrder() {
		List<String> words = LongStream.range(0, 5_000).mapToObj((number) -> "W" + number).toList();
		try (InteropProcess server = server(ONE_THREAD);
				UdsTemplate uds = template();
				Stream<StringValue> answers = uds.route(InteropStreams.NAME + ".Upper")
					.payloads(words.stream().map(StringValue::of))
					.stream(StringValue.class)) {
			assertThat(answers.map(StringValue::getValue)).as(server::describe).containsExactlyElementsOf(words);
		}
	}

	@Test
	void oursIsAnsweredBeforeItHasSentAll() throws Exception {
		LinkedBlockingQueue<Int64Value> numbers = new LinkedBlockingQueue<>(List.of(Int64Value.of(7)));
		CountDownLatch closed = new CountDownLatch(1);
		try (InteropProcess server = server(); UdsTemplate uds = template()) {
			Stream<Int64Value> endless = Stream.generate(() -> take(numbers)).onClose(closed::countDown);
			assertThat(
					uds.route(InteropStreams.NAME + ".First").payloads(endless).retrieve(Int64Value.class).getValue())
				.as(server::describe)
				.isEqualTo(7);
			assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
			assertServes(uds);
		}
	}

	private static void assertServes(UdsTemplate uds) {
		GreetRequest ada = GreetRequest.newBuilder().setName("Ada").build();
		assertThat(uds.request(InteropService.GREET, ada, GreetReply.class).getMessage()).isEqualTo("Hello, Ada!");
	}

	/** Tells when the stream is closed that it gave. */
	@UdsHandler(InteropStreams.NAME)
	static class EndlessStreams {

		private final CountDownLatch closed = new CountDownLatch(1);

		@UdsHandler("Range")
		Stream<Int64Value> range(Int64Value count) {
			return LongStream.range(0, count.getValue()).mapToObj(Int64Value::of).onClose(this.closed::countDown);
		}

	}

}
