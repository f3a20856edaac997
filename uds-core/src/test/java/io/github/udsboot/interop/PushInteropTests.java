package io.github.udsboot.interop;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A listener of ours pushes lines to {@code nc}, which stays connected and mostly
 * listens.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@ExtendWith(LeavesNothingBehind.class)
@Timeout(60)
class PushInteropTests {

	private final TransportType transport;

	@TempDir
	private Path directory;

	private final Subscriptions subscriptions = new Subscriptions();

	private final ObservedSessions sessions = new ObservedSessions();

	private InteropListener listener;

	private InteropProcess client;

	PushInteropTests(TransportType transport) {
		this.transport = transport;
	}

	@BeforeEach
	void connect() {
		Path program = InteropTool.NC.requireWith("-U");
		UdsListenerOptions options = InteropListener.options(this.directory.resolve("uds.sock"), this.transport);
		options.setProtocol(new LineProtocol());
		this.listener = InteropListener.start(options, this.subscriptions, this.sessions);
		this.client = InteropProcess.start(program, "-U", this.listener.socket().toString());
	}

	@AfterEach
	void disconnect() {
		if (this.listener != null) {
			this.client.close();
			this.listener.close();
		}
	}

	private UdsSession subscribe() throws InterruptedException {
		this.client.write("subscribe\n");
		UdsSession session = this.subscriptions.sessions.poll(InteropProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS);
		assertThat(session).as(this.client.describe()).isNotNull();
		return session;
	}

	@Test
	void sessionThatAHandlerKeptPushesInOrder() throws Exception {
		UdsSession session = subscribe();
		IntStream.range(0, 100).forEach((i) -> session.send("push " + i));
		assertThat(this.client.awaitLines(100))
			.isEqualTo(IntStream.range(0, 100).mapToObj((i) -> "push " + i).toList());
		assertThat(session.isOpen()).isTrue();
	}

	@Test
	void clientThatSaysNothingGetsPushesAsWell() {
		UdsSession session = this.sessions.awaitFirst();
		IntStream.range(0, 100).forEach((i) -> session.send("push " + i));
		assertThat(this.client.awaitLines(100))
			.isEqualTo(IntStream.range(0, 100).mapToObj((i) -> "push " + i).toList());
		assertThat(this.listener.stats().connections()).isEqualTo(1);
	}

	@Test
	void linesOfManyThreadsArriveWhole() throws Exception {
		UdsSession session = subscribe();
		int threads = 8;
		int each = 500;
		AtOnce.run(threads, (thread) -> {
			IntStream.range(0, each).forEach((i) -> session.send("thread " + thread + " push " + i));
			return thread;
		});
		List<String> lines = this.client.awaitLines(threads * each);
		for (int i = 0; i < threads; i++) {
			String prefix = "thread " + i + " ";
			assertThat(lines.stream().filter((line) -> line.startsWith(prefix)))
				.isEqualTo(IntStream.range(0, each).mapToObj((push) -> prefix + "push " + push).toList());
		}
		assertThat(lines).hasSize(threads * each);
	}

	@Test
	void deathOfTheClientIsNoticed() throws Exception {
		UdsSession session = subscribe();
		session.send("last");
		this.client.awaitLine("last");
		this.client.kill();
		this.sessions.awaitAllClosed("PEER_CLOSED");
		assertThat(session.isOpen()).isFalse();
		assertThatExceptionOfType(UdsSessionClosedException.class).isThrownBy(() -> session.send("too late"));
		assertThat(this.listener.stats().connections()).isZero();
	}

	@Test
	void closeOfTheSessionEndsTheClient() throws Exception {
		UdsSession session = subscribe();
		session.send("last");
		session.close();
		assertThat(this.client.awaitExit(InteropProcess.PATIENCE)).as(this.client.describe()).isZero();
		assertThat(this.client.lines()).containsExactly("last");
		this.sessions.awaitAllClosed("SESSION_CLOSED");
	}

	@Test
	void stopOfTheListenerEndsTheClient() throws Exception {
		UdsSession session = subscribe();
		session.send("last");
		this.listener.close();
		assertThat(this.client.awaitExit(InteropProcess.PATIENCE)).as(this.client.describe()).isZero();
		assertThat(this.client.lines()).containsExactly("last");
		this.sessions.awaitAllClosed("STOPPED");
	}

	static final class Subscriptions {

		private final BlockingQueue<UdsSession> sessions = new LinkedBlockingQueue<>();

		@UdsHandler
		void subscribe(String line, UdsSession session) {
			this.sessions.add(session);
		}

	}

}
