package io.github.udsboot.listener;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestTransport;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A listener in a process of its own that has 64 descriptors.
 */
@Timeout(120)
class DescriptorExhaustionTests {

	private static final Pattern NEEDED = Pattern
		.compile("classes|/(spring-(core|context|beans)|commons-logging|slf4j-api|logback|junixsocket)");

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	void aListenerWithoutDescriptorsWaitsCountsAndRecovers(TransportType transport) throws Exception {
		Path path = this.directory.resolve("test.sock");
		try (Child child = new Child(path, transport); RawClient old = RawClient.connect(path)) {
			// twice: classes that the end of the first call loads could not be loaded
			// later
			assertThat(old.call("echo", "").status()).isEqualTo(Status.OK);
			assertThat(old.call("echo", "").status()).isEqualTo(Status.OK);
			assertThat(Long.parseLong(child.ask("exhaust"))).as("descriptors taken").isPositive();
			// the watchdog may have had one for a moment, which is free now
			try (RawClient first = RawClient.connect(path); RawClient client = RawClient.connect(path)) {
				long begun = first.send("echo", "answer me, too");
				long waiting = client.send("echo", "answer me later");
				Eventually.await("it fails to accept", () -> Long.parseLong(child.ask("failures")) > 0);
				long before = Long.parseLong(child.ask("failures"));
				long processorTime = Long.parseLong(child.ask("processor-millis"));
				TimeUnit.SECONDS.sleep(1);
				assertThat(Long.parseLong(child.ask("failures")) - before).as("attempts in a second")
					.isBetween(1L, 20L);
				assertThat(Long.parseLong(child.ask("processor-millis")) - processorTime)
					.as("milliseconds of processor time in a second")
					.isLessThan(600);
				assertThat(old.call("echo", "").status()).as("those who are here are served").isEqualTo(Status.OK);
				child.ask("release");
				assertThat(first.receiveAnswerTo(begun).payload()).asString().isEqualTo("answer me, too");
				assertThat(client.receiveAnswerTo(waiting).payload()).asString().isEqualTo("answer me later");
			}
			try (RawClient next = RawClient.connect(path)) {
				assertThat(next.call("echo", "").status()).isEqualTo(Status.OK);
			}
		}
	}

	@Test
	void moreConnectionsThanTheDescriptorsAllowAreRefusedBeforeTheyRunOut() throws Exception {
		Path path = this.directory.resolve("test.sock");
		List<RawClient> clients = new ArrayList<>();
		try (Child child = new Child(path, TestTransport.type())) {
			for (int i = 0; i < 16; i++) {
				RawClient client = RawClient.connect(path);
				clients.add(client);
				assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
			}
			for (int i = 0; i < 40; i++) {
				try (RawClient client = RawClient.connect(path)) {
					client.write(new byte[] { 1 });
					assertThat(client.next()).isInstanceOf(RefusalFrame.class);
				}
			}
			assertThat(child.ask("failures")).isEqualTo("0");
			for (RawClient client : clients) {
				assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
			}
		}
		finally {
			clients.forEach(RawClient::close);
		}
	}

	private static final class Child implements AutoCloseable {

		private final Process process;

		private final Writer commands;

		private final BufferedReader answers;

		private Child(Path path, TransportType transport) throws IOException {
			Path java = Path.of(ProcessHandle.current().info().command().orElseThrow());
			this.process = new ProcessBuilder("bash", "-c", "ulimit -n 64; exec \"$@\"", "bash", java.toString(),
					"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-MaxFDLimit", "-cp", classPath(),
					DescriptorExhaustionMain.class.getName(), path.toString(), transport.name())
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start();
			this.commands = this.process.outputWriter(StandardCharsets.UTF_8);
			this.answers = new BufferedReader(
					new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
			assertThat(answer()).isEqualTo("ready");
		}

		/** Each entry that is searched takes a descriptor, so only what is needed. */
		private static String classPath() {
			return Stream.of(System.getProperty("java.class.path").split(":"))
				.filter((entry) -> NEEDED.matcher(entry).find())
				.collect(Collectors.joining(":"));
		}

		private String ask(String command) {
			try {
				this.commands.write(command + "\n");
				this.commands.flush();
				return answer();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private String answer() throws IOException {
			String line = this.answers.readLine();
			// what is logged goes to the same place
			while (line != null && !line.startsWith(DescriptorExhaustionMain.MARK)) {
				line = this.answers.readLine();
			}
			return String.valueOf(line).substring(DescriptorExhaustionMain.MARK.length());
		}

		@Override
		public void close() throws IOException {
			this.process.destroyForcibly();
			try {
				this.process.waitFor(10, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
