package io.github.udsboot.interop;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import com.google.protobuf.Int64Value;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams between ours and the Rust crate {@code ttrpc}, both ways. Its programs can do
 * more than those in Go: answer before all items have come, take some items of many, and
 * tell when a stream has ended early.
 */
class RustTtrpcStreamInteropTests extends TtrpcStreamContractTests {

	@BeforeAll
	static void buildPrograms() {
		RustPrograms.require();
	}

	@Override
	protected TtrpcCallOutcome call(Path socket, String... arguments) {
		return RustPrograms.callTtrpc(socket, arguments);
	}

	@Override
	protected InteropProcess startServer(Path socket) {
		return RustPrograms.startTtrpcServer(socket);
	}

	/** With more threads the crate's server may mix up the items that it takes. */
	@Override
	protected InteropProcess startServerThatKeepsTheOrder(Path socket) {
		return startServerWithOneThread(socket);
	}

	private static InteropProcess startServerWithOneThread(Path socket) {
		return RustPrograms.startTtrpcServer(socket, "-threads", "1");
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
		try (InteropListener listener = InteropListener.start(listenerOptions(), handlers)) {
			TtrpcCallOutcome outcome = call(listener.socket(), "stream-take", "5", String.valueOf(ENDLESS));
			assertThat(outcome.number("items")).as("%s", outcome).isEqualTo(5);
			assertThat(outcome.flag("ordered")).isTrue();
			assertThat(handlers.closed.await(30, TimeUnit.SECONDS)).isTrue();
			Eventually.assertThat(() -> {
				assertThat(listener.stats().connections()).isZero();
				assertThat(listener.stats().requestsInFlight()).isZero();
			});
		}
	}

	/**
	 * With more threads the crate does not always tell a handler that its client is gone.
	 */
	@Test
	void ourClientThatTakesNoMoreStopsRustsProducer() {
		try (InteropProcess server = startServerWithOneThread(serverSocket()); UdsTemplate uds = template()) {
			try (Stream<Int64Value> numbers = range(uds, ENDLESS)) {
				assertThat(numbers.limit(5).map(Int64Value::getValue)).containsExactly(0L, 1L, 2L, 3L, 4L);
			}
			server.awaitLine("stopped");
			assertServes(uds);
		}
	}

	@Test
	void oursIsAnsweredBeforeItHasSentAll() throws Exception {
		LinkedBlockingQueue<Int64Value> numbers = new LinkedBlockingQueue<>(List.of(Int64Value.of(7)));
		CountDownLatch closed = new CountDownLatch(1);
		try (InteropProcess server = startServer(serverSocket()); UdsTemplate uds = template()) {
			Stream<Int64Value> endless = Stream.generate(() -> take(numbers)).onClose(closed::countDown);
			assertThat(
					uds.route(InteropStreams.NAME + ".First").payloads(endless).retrieve(Int64Value.class).getValue())
				.as(server::describe)
				.isEqualTo(7);
			assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
			assertServes(uds);
		}
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
