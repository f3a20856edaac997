package io.github.udsboot.client;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.UdsUnexpectedServerException;
import io.github.udsboot.client.connection.Reachability;
import io.github.udsboot.client.connection.Reachability.State;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.TestUser;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UnexpectedServerException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * A client that knows whose the server must be sends nothing to another one, whatever it
 * was going to send.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(120)
class ExpectedServerTests {

	private static final Path PYTHON = Path.of("/usr/bin/python3");

	/** Says of each connection how many bytes have come. */
	private static final String IMPOSTOR = "import os, socket, sys\n" //
			+ "s = socket.socket(socket.AF_UNIX)\n" //
			+ "s.bind(sys.argv[1])\n" //
			+ "s.listen(64)\n" //
			+ "os.chmod(sys.argv[1], 0o666)\n" //
			+ "print('listens', flush=True)\n" //
			+ "while True:\n" //
			+ "  c, _ = s.accept()\n" //
			+ "  n = 0\n" //
			+ "  try:\n" //
			+ "    while b := c.recv(4096): n += len(b)\n" //
			+ "  except OSError: pass\n" //
			+ "  print(n, flush=True)\n" //
			+ "  c.close()\n";

	/** Longer than a test lasts. */
	private static final Duration LONG = Duration.ofMinutes(5);

	/** A number that is no user's here, unless the tests run as that user. */
	private static final String OTHER = "4294967";

	@TempDir
	private Path directory;

	private final TransportType transport;

	ExpectedServerTests(TransportType transport) {
		this.transport = transport;
	}

	private String ownName() throws Exception {
		return Files.getOwner(this.directory).getName();
	}

	private UdsTemplateBuilder patient(TestListener listener) {
		return listener.client().waitForServer(LONG).timeout(LONG);
	}

	@Test
	void aServerOfAnExpectedUserOrGroupIsCalled() throws Exception {
		String group = Files.readAttributes(this.directory, PosixFileAttributes.class).group().getName();
		try (TestListener listener = new TestListener(this.transport).start()) {
			for (UdsTemplateBuilder builder : List.of(listener.client().expectedUsers(OTHER, ownName()),
					listener.client().expectedUsers(OTHER).expectedGroups(group))) {
				try (UdsTemplate client = builder.build()) {
					assertThat(client.request("echo", "x", String.class)).isEqualTo("x");
					assertThat(client.getConnectionFactory().reachability().state()).isEqualTo(State.REACHABLE);
					client.getConnectionFactory().probe();
				}
			}
		}
	}

	@Test
	void anotherServerFailsCallsAtOnceAndTheFailureSaysWhoItIsAndWhoWasExpected() throws Exception {
		try (TestListener listener = new TestListener(this.transport).start();
				UdsTemplate client = patient(listener).expectedUsers(OTHER).expectedGroups(OTHER).build()) {
			for (int i = 0; i < 20; i++) {
				assertThatExceptionOfType(UdsUnexpectedServerException.class)
					.isThrownBy(() -> client.request("echo", "x", String.class))
					.withMessageContaining("calling 'echo' on '" + listener.path() + "'")
					.withMessageContaining("the server is user " + ownName())
					.withMessageContaining("the users [" + OTHER + "] ('expected-users')")
					.withMessageContaining("the groups [" + OTHER + "] ('expected-groups')")
					.withMessageContaining("the call was not sent")
					.withCauseInstanceOf(UnexpectedServerException.class)
					.satisfies((ex) -> {
						assertThat(ex).isInstanceOf(UdsUnavailableException.class);
						assertThat(ex.getStatus()).isEqualTo(Status.UNAVAILABLE);
						assertThat(ex.getServer()).isNotNull();
						assertThat(ex.getServer().getName()).isEqualTo(ownName());
					});
			}
			Reachability reachability = client.getConnectionFactory().reachability();
			assertThat(reachability.state()).isEqualTo(State.UNREACHABLE);
			assertThat(reachability.description()).contains("the server is user " + ownName());
			assertThatExceptionOfType(UnexpectedServerException.class)
				.isThrownBy(() -> client.getConnectionFactory().probe())
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNEXPECTED_SERVER));
			assertThat(client.getConnectionFactory().stats().connections()).isZero();
		}
	}

	@Test
	void callsThatWaitForTheServerFailWhenAnotherOneComes() {
		try (TestListener listener = new TestListener(this.transport);
				UdsTemplate client = patient(listener).expectedUsers(OTHER)
					.backoff(Duration.ofMillis(1), Duration.ofMillis(10))
					.build()) {
			List<CompletableFuture<?>> calls = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				calls.add(client.requestAsync("echo", "x", String.class));
				calls.add(CompletableFuture.supplyAsync(() -> client.request("echo", "x", String.class),
						(task) -> new Thread(task).start()));
				calls.add(CompletableFuture.supplyAsync(() -> items(client), (task) -> new Thread(task).start()));
			}
			Eventually.await("they wait", () -> client.getConnectionFactory().stats().connectFailures() > 3);
			assertThat(calls).noneMatch(CompletableFuture::isDone);
			listener.start();
			assertThat(calls).allSatisfy((call) -> assertThat(call).failsWithin(Callers.BOUND)
				.withThrowableThat()
				.withCauseInstanceOf(UdsUnexpectedServerException.class));
		}
	}

	private static List<String> items(UdsTemplate client) {
		try (Stream<String> items = client.stream("echo", "x", String.class)) {
			return items.toList();
		}
	}

	@Test
	void withoutAProbeItIsNotKnownWhetherTheServerIsTheRightOne() throws Exception {
		try (TestListener listener = new TestListener(this.transport)
			.messages(new LineProtocol(), (request, callback) -> callback.reply(UdsReply.ok(request.payload())))
			.start(); UdsTemplate client = listener.client().expectedUsers(ownName()).build()) {
			assertThat(client.getConnectionFactory().reachability().state()).isEqualTo(State.UNKNOWN);
			assertThat(client.exchange("x", String.class)).isEqualTo("x");
			assertThat(client.getConnectionFactory().reachability().state()).isEqualTo(State.REACHABLE);
		}
	}

	@Test
	void noBodyAndUnknownNamesAreRefusedWhenTheyAreSet() {
		UdsTemplateBuilder builder = UdsTemplate.builder().path("/run/a.sock");
		assertThatIllegalArgumentException().isThrownBy(builder::expectedUsers).withMessageContaining("at least one");
		assertThatIllegalArgumentException().isThrownBy(builder::expectedGroups).withMessageContaining("at least one");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.expectedUsers("no-such-user"))
			.withMessageContaining("no-such-user");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.expectedGroups("no-such-group"))
			.withMessageContaining("no-such-group");
	}

	@Test
	void aServerOfAnotherUserGetsNotOneByte() throws Exception {
		TestUser.assumeRoot();
		Assumptions.assumeTrue(Files.isExecutable(PYTHON), PYTHON + " is needed");
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxrwxrwx"));
		Path path = this.directory.resolve("impostor.sock");
		Process impostor = new ProcessBuilder("setpriv", "--reuid=" + ChildJvm.NOBODY, "--regid=" + ChildJvm.NOBODY,
				"--clear-groups", PYTHON.toString(), "-c", IMPOSTOR, path.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		try (BufferedReader answers = impostor.inputReader();
				UdsTemplate calls = builder(path).build();
				UdsTemplate lines = builder(path).protocol(new LineProtocol()).probe(true).build()) {
			assertThat(answers.readLine()).isEqualTo("listens");
			List<Callable<?>> attempts = List.of(() -> calls.request("echo", "x", String.class),
					() -> calls.requestAsync("echo", "x", String.class).join(), () -> items(calls),
					() -> lines.exchange("x", String.class), () -> open(lines), () -> probe(calls), () -> probe(lines));
			for (Callable<?> attempt : attempts) {
				assertThatExceptionOfType(Exception.class).isThrownBy(attempt::call).satisfies((ex) -> {
					Throwable failure = (ex.getCause() instanceof UdsUnexpectedServerException cause) ? cause : ex;
					assertThat(failure).isInstanceOfAny(UdsUnexpectedServerException.class,
							UnexpectedServerException.class);
				});
				assertThat(answers.readLine()).as("bytes that came").isEqualTo("0");
			}
			assertThat(calls.getConnectionFactory().reachability().state()).isEqualTo(State.UNREACHABLE);
			assertThat(answers.readLine()).isEqualTo("0");
		}
		finally {
			impostor.destroyForcibly();
		}
	}

	private UdsTemplateBuilder builder(Path path) {
		// a failure is not kept for the next attempt, which must connect itself
		return UdsTemplate.builder()
			.path(path)
			.transport(this.transport)
			.waitForServer(Duration.ZERO)
			.expectedUsers("0");
	}

	private static String open(UdsTemplate client) {
		try (UdsSession session = client.open()) {
			return session.toString();
		}
	}

	private static String probe(UdsTemplate client) throws Exception {
		client.getConnectionFactory().probe();
		return "reached";
	}

}
