package io.github.udsboot.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.line.LineRouting;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.TestUser;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients of other makes are told that they are refused.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(120)
class RefusedPeerInteropTests {

	private static final int CALLS = 20;

	private final TransportType transport;

	@TempDir
	private Path directory;

	private InteropListener listener;

	RefusedPeerInteropTests(TransportType transport) {
		this.transport = transport;
	}

	@BeforeAll
	static void buildPrograms() {
		GoPrograms.require();
		RustPrograms.require();
	}

	@AfterEach
	void stopListener() {
		if (this.listener != null) {
			this.listener.close();
		}
	}

	private UdsListenerOptions options() {
		return InteropListener.options(this.directory.resolve("uds.sock"), this.transport);
	}

	private void allowNobody() {
		UdsListenerOptions options = options();
		options.setAuthorizer((peer) -> false);
		this.listener = InteropListener.start(options, new InteropService());
	}

	private static void assertDenied(TtrpcCallOutcome outcome) {
		assertThat(outcome.isRemote()).isTrue();
		assertThat(outcome.status()).isEqualTo(Status.PERMISSION_DENIED);
		assertThat(outcome.message()).contains("does not allow user ");
	}

	@Test
	void gosTtrpcClientIsTold() {
		allowNobody();
		for (int i = 0; i < CALLS; i++) {
			assertDenied(GoPrograms.callTtrpc(this.listener.socket(), "greet", "Ada"));
		}
		assertThat(this.listener.stats().refused()).containsEntry(RefusalReason.UNAUTHORIZED, (long) CALLS);
	}

	@Test
	void rustsTtrpcClientIsTold() {
		allowNobody();
		for (int i = 0; i < CALLS; i++) {
			assertDenied(RustPrograms.callTtrpc(this.listener.socket(), "greet", "Ada"));
		}
	}

	/** The kernel's word, and a mode that lets the user in. */
	@Test
	void shellOfAnotherUserIsTold() throws Exception {
		TestUser.assumeRoot();
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		UdsListenerOptions options = options();
		options.setProtocol(new LineProtocol().withRouting(LineRouting.FIRST_WORD));
		options.setBindOptions(new BindOptions(PosixFilePermissions.fromString("rw-rw-rw-"), null, 16));
		options.setAuthorizer(PeerAuthorizer.ownUser());
		this.listener = InteropListener.start(options, new Commands());
		String socat = InteropTool.SOCAT.require().toString();
		String target = "UNIX-CONNECT:" + this.listener.socket();
		assertThat(answersTo("greet Ada\n", socat, "-", target)).containsExactly("Hello, Ada!");
		assertThat(answersTo("greet Ada\n", "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", socat,
				"-", target))
			.singleElement()
			.asString()
			.startsWith("ERR PERMISSION_DENIED The server does not allow user ");
	}

	private static List<String> answersTo(String input, String... command) {
		try (InteropProcess process = InteropProcess.start(new ProcessBuilder(command))) {
			process.write(input);
			process.endInput();
			assertThat(process.awaitExit(InteropProcess.PATIENCE)).as(process.describe()).isZero();
			return process.lines();
		}
	}

	static class Commands {

		@UdsHandler("greet")
		String greet(String name) {
			return "Hello, " + name + "!";
		}

	}

}
