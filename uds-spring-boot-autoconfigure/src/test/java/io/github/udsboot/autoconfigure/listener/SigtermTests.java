package io.github.udsboot.autoconfigure.listener;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.Status;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.client.UdsTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the peers of an application see when its process is told to end, and how long that
 * takes. Most of the bounds are for busy machines: what is waited for takes far longer.
 */
@Timeout(180)
class SigtermTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	/** Far more than 5 s, and far less than the 60 s of a phase. */
	private static final Duration NOT_A_PHASE = Duration.ofSeconds(30);

	@TempDir
	private Path directory;

	private Process process;

	private Path log;

	private void start(String... arguments) throws IOException {
		this.log = this.directory.resolve("log");
		List<String> command = new ArrayList<>();
		command.add(ProcessHandle.current().info().command().orElseThrow());
		command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath(),
				StoppedApplication.class.getName(), "--uds.socket.path=" + this.directory.resolve("calls.sock"),
				"--uds.listeners.lines.path=" + this.directory.resolve("lines.sock"),
				"--uds.listeners.lines.protocol=line", "--spring.lifecycle.timeout-per-shutdown-phase=60s"));
		command.addAll(Arrays.asList(arguments));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(this.log.toFile()).start();
	}

	private static String classPath() {
		return Stream.of(System.getProperty("java.class.path").split(":"))
			.map((entry) -> Path.of(entry).toAbsolutePath().toString())
			.collect(Collectors.joining(":"));
	}

	@AfterEach
	void kill() {
		this.process.destroyForcibly();
	}

	private UdsTemplate client() {
		return UdsTemplate.builder()
			.path(this.directory.resolve("calls.sock").toString())
			.waitForServer(PATIENCE)
			.timeout(PATIENCE)
			.build();
	}

	private SocketChannel beginToTalk() throws IOException {
		Path path = this.directory.resolve("lines.sock");
		Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(path));
		SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
		channel.connect(UnixDomainSocketAddress.of(path));
		channel.write(ByteBuffer.wrap("hello\n".getBytes(StandardCharsets.UTF_8)));
		ByteBuffer in = ByteBuffer.allocate(5);
		while (in.hasRemaining()) {
			assertThat(channel.read(in)).isPositive();
		}
		return channel;
	}

	private static String readAll(SocketChannel channel) throws IOException {
		ByteBuffer in = ByteBuffer.allocate(1024);
		int count = 0;
		while (count >= 0) {
			count = channel.read(in);
		}
		return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
	}

	/** Return how long the process takes to end. */
	private Duration terminate() throws InterruptedException {
		long begin = System.nanoTime();
		this.process.destroy();
		assertThat(this.process.waitFor(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS)).isTrue();
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	private static void verifyUnavailable(Iterator<Integer> ticks) {
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(ticks::hasNext)
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNAVAILABLE));
	}

	@Test
	void whenStreamsAndSessionsAreOpenThenTheyAreEndedLongBeforeThePhaseIsOver() throws Exception {
		start();
		try (UdsTemplate client = client();
				Stream<Integer> ticks = client.stream("ticks", null, Integer.class);
				SocketChannel talk = beginToTalk()) {
			Iterator<Integer> iterator = ticks.iterator();
			assertThat(iterator.next()).isEqualTo(1);
			CompletableFuture<Void> told = CompletableFuture.runAsync(() -> verifyUnavailable(iterator));
			assertThat(terminate()).isLessThan(NOT_A_PHASE);
			assertThat(told).succeedsWithin(PATIENCE);
			assertThat(readAll(talk)).isEqualTo("ERR UNAVAILABLE The server stops\n");
		}
		assertThat(Files.readString(this.log))
			.contains("Listener 'default' drains with 1 stream under way: 60.0 s for calls, 5.0 s for streams")
			.containsPattern("Listener 'default' has drained in [5-9]\\.\\d s \\(FORCED\\); cut off: 1 stream")
			.contains("Listener 'lines' drains with 1 call, 1 session under way")
			.containsPattern("Listener 'lines' has drained in [5-9]\\.\\d s \\(FORCED\\); cut off: 1 session");
	}

	@Test
	void whenServersShutDownImmediatelyThenNothingIsWaitedFor() throws Exception {
		start("--server.shutdown=immediate", "--uds.listener.drain.stream-timeout=60s",
				"--uds.listeners.lines.drain.stream-timeout=60s");
		try (UdsTemplate client = client();
				Stream<Integer> ticks = client.stream("ticks", null, Integer.class);
				SocketChannel talk = beginToTalk()) {
			CompletableFuture<String> answer = client.requestAsync("wait", "x", String.class);
			Awaitility.await().atMost(PATIENCE).until(() -> Files.readString(this.log).contains("waits"));
			Iterator<Integer> iterator = ticks.iterator();
			assertThat(iterator.next()).isEqualTo(1);
			CompletableFuture<Void> told = CompletableFuture.runAsync(() -> verifyUnavailable(iterator));
			assertThat(terminate()).isLessThan(NOT_A_PHASE);
			assertThat(told).succeedsWithin(PATIENCE);
			assertThat(answer).failsWithin(PATIENCE);
			assertThat(readAll(talk)).isEqualTo("ERR UNAVAILABLE The server stops\n");
		}
		assertThat(Files.readString(this.log)).contains("Listener 'default' stops at once with ")
			.contains("Listener 'lines' stops at once with ");
	}

}
