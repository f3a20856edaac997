package io.github.udsboot.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.interop.v1.GreetReply;
import io.github.udsboot.interop.v1.GreetRequest;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Streams between ours and containerd's ttrpc, in Go, both ways.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class GoTtrpcStreamInteropTests {

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	@BeforeAll
	static void buildPrograms() {
		GoPrograms.require();
	}

	private TtrpcCallOutcome call(String... arguments) {
		try (InteropListener listener = InteropListener
			.start(InteropListener.options(this.directory.resolve("uds.sock"), this.transport), new InteropStreams())) {
			return GoPrograms.callTtrpc(listener.socket(), arguments);
		}
	}

	@Test
	void goTakesOurStream() {
		TtrpcCallOutcome outcome = call("stream-range", "10000");
		assertThat(outcome.status()).isEqualTo(Status.OK);
		assertThat(outcome.number("items")).isEqualTo(10_000);
		assertThat(outcome.flag("ordered")).isTrue();
		assertThat(call("stream-range", "0").number("items")).isZero();
	}

	@Test
	void goSeesTheFailureOfOurStream() {
		TtrpcCallOutcome outcome = call("stream-fail", "3");
		assertThat(outcome.status()).isEqualTo(Status.OUT_OF_RANGE);
		assertThat(outcome.message()).isEqualTo("only 3");
		assertThat(outcome.number("items")).isEqualTo(3);
	}

	@Test
	void goSendsUsAStream() {
		TtrpcCallOutcome outcome = call("stream-sum", "500");
		assertThat(outcome.status()).isEqualTo(Status.OK);
		assertThat(outcome.number("sum")).isEqualTo(124_750);
		assertThat(call("stream-sum", "0").number("sum")).isZero();
	}

	@Test
	void goAndOursSendInTurns() {
		TtrpcCallOutcome outcome = call("stream-upper", "to", "be", "or", "not");
		assertThat(outcome.status()).isEqualTo(Status.OK);
		assertThat(outcome.number("items")).isEqualTo(4);
	}

	@Test
	void goIsToldWithAStatusThatOurStreamEndsBecauseWeStop() throws Exception {
		UdsListenerOptions options = InteropListener.options(this.directory.resolve("uds.sock"), this.transport);
		options.setDrainStreamTimeout(Duration.ofMillis(300));
		try (InteropListener listener = InteropListener.start(options, new InteropStreams())) {
			CompletableFuture<TtrpcCallOutcome> call = CompletableFuture.supplyAsync(() -> GoPrograms
				.callTtrpc(listener.socket(), "-timeout", "0", "stream-range", String.valueOf(Long.MAX_VALUE)));
			while (listener.stats().requestsInFlight() == 0) {
				assertThat(call).isNotDone();
				Thread.sleep(1);
			}
			listener.stop();
			TtrpcCallOutcome outcome = call.get(30, TimeUnit.SECONDS);
			assertThat(outcome.status()).isEqualTo(Status.UNAVAILABLE);
			assertThat(outcome.isRemote()).isTrue();
			assertThat(outcome.message()).isEqualTo("The server stops");
			assertThat(outcome.number("items")).isPositive();
			assertThat(outcome.flag("ordered")).isTrue();
		}
	}

	private UdsTemplate template(Path socket) {
		return UdsTemplate.builder().path(socket.toString()).transport(this.transport).build();
	}

	@Test
	void ourClientTakesAndSendsGosStreams() {
		Path socket = this.directory.resolve("go.sock");
		try (InteropProcess server = GoPrograms.startTtrpcServer(socket); UdsTemplate uds = template(socket)) {
			try (Stream<Int64Value> numbers = uds.stream(InteropStreams.NAME + ".Range", Int64Value.of(10_000),
					Int64Value.class)) {
				assertThat(numbers.map(Int64Value::getValue))
					.containsExactlyElementsOf(LongStream.range(0, 10_000).boxed().toList());
			}
			List<Long> taken = new ArrayList<>();
			try (Stream<Int64Value> numbers = uds.stream(InteropStreams.NAME + ".FailAfter", Int64Value.of(3),
					Int64Value.class)) {
				assertThatExceptionOfType(UdsRemoteException.class)
					.isThrownBy(() -> numbers.forEach((number) -> taken.add(number.getValue())))
					.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.OUT_OF_RANGE));
			}
			assertThat(taken).containsExactly(0L, 1L, 2L);
			Stream<Int64Value> sent = LongStream.range(0, 500).mapToObj(Int64Value::of);
			assertThat(uds.route(InteropStreams.NAME + ".Sum").payloads(sent).retrieve(Int64Value.class))
				.isEqualTo(Int64Value.of(124_750));
			LinkedBlockingQueue<StringValue> words = new LinkedBlockingQueue<>();
			Iterator<StringValue> endless = Stream.generate(() -> take(words)).iterator();
			try (Stream<StringValue> answers = uds.route(InteropStreams.NAME + ".Upper")
				.payloads(endless)
				.stream(StringValue.class)) {
				Iterator<StringValue> iterator = answers.iterator();
				for (String word : List.of("to", "be", "or")) {
					words.add(StringValue.of(word));
					assertThat(iterator.next().getValue()).isEqualTo(word.toUpperCase(java.util.Locale.ROOT));
				}
			}
			assertThat(uds
				.request(InteropService.GREET, GreetRequest.newBuilder().setName("Ada").build(), GreetReply.class)
				.getMessage()).as("%s still serves", server).isEqualTo("Hello, Ada!");
		}
	}

	private static StringValue take(LinkedBlockingQueue<StringValue> words) {
		try {
			return words.take();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
