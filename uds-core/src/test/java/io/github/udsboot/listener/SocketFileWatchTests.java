package io.github.udsboot.listener;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.listener.UdsListenerStats.State;
import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.LoggedLines;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of the socket file while the listener runs.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class SocketFileWatchTests {

	@RegisterExtension
	final LoggedLines log = new LoggedLines();

	private final TestListener listener;

	SocketFileWatchTests(TransportType transport) {
		this.listener = new TestListener(transport)
			.options((options) -> options.setWatchInterval(Duration.ofMillis(20)));
	}

	@AfterEach
	void stop() {
		this.listener.close();
	}

	@Test
	void aFileThatWasRemovedIsBoundAgainAndOldConnectionsSurvive() throws Exception {
		this.listener.start();
		try (RawClient old = client()) {
			assertThat(old.call("echo", "").status()).isEqualTo(Status.OK);
			for (int i = 0; i < 3; i++) {
				Files.delete(path());
				Eventually.await("bound again", () -> Files.exists(path()));
				try (RawClient client = client()) {
					assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
				}
				assertThat(old.call("echo", "").status()).isEqualTo(Status.OK);
			}
			Eventually.await("running", () -> state() == State.RUNNING);
		}
		this.listener.container().stop();
		assertThat(path()).doesNotExist();
	}

	@Test
	void connectionsInTheBacklogOfTheOldSocketAreAccepted() throws Exception {
		this.listener.start();
		try (RawClient client = client()) {
			Files.delete(path());
			Eventually.await("bound again", () -> Files.exists(path()));
			assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
		}
	}

	@Test
	void aForeignFileIsLeftAloneUntilSomebodyRemovesIt() throws Exception {
		this.listener.start();
		try (RawClient old = client()) {
			replace(path(), "not ours");
			Eventually.await("noticed", () -> state() == State.ADDRESS_FOREIGN);
			assertThat(old.call("echo", "").status()).isEqualTo(Status.OK);
			assertThat(Files.readString(path())).isEqualTo("not ours");
			Files.delete(path());
			Eventually.await("bound again", () -> state() == State.RUNNING);
			try (RawClient client = client()) {
				assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
			}
		}
	}

	@Test
	void aForeignFileSurvivesTheStop() throws Exception {
		this.listener.start();
		replace(path(), "not ours");
		Eventually.await("noticed", () -> state() == State.ADDRESS_FOREIGN);
		this.listener.container().stop();
		assertThat(Files.readString(path())).isEqualTo("not ours");
		Files.delete(path());
	}

	@Test
	void aStaleSocketOfAKilledServerThatTookThePathIsReplaced() throws Exception {
		this.listener.start();
		Path elsewhere = path().resolveSibling("elsewhere.sock");
		try (RawClient old = client(); ChildJvm thief = ChildJvm.start()) {
			// before the clock of its first frame runs out on a busy machine
			assertThat(old.call("echo", "").status()).isEqualTo(Status.OK);
			assertThat(thief.ask("bind", "jdk", elsewhere, "rw-------", 0)).isEqualTo("bound");
			thief.kill();
			Files.move(elsewhere, path(), StandardCopyOption.ATOMIC_MOVE);
			Eventually.await("bound again", () -> accepts(path()) && state() == State.RUNNING);
			try (RawClient client = client()) {
				assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
			}
			assertThat(old.call("echo", "").status()).as("old connections survive").isEqualTo(Status.OK);
		}
		assertThat(this.log.warnings()).anyMatch((line) -> line.contains("a socket on which no server listens"));
	}

	@Test
	void aLiveSocketThatTookThePathIsLeftAloneAndReplacedWhenItsServerHasDied() throws Exception {
		this.listener.start();
		Path elsewhere = path().resolveSibling("elsewhere.sock");
		ServerSocketChannel thief = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		try {
			thief.bind(UnixDomainSocketAddress.of(elsewhere), 50);
			thief.configureBlocking(false);
			Files.move(elsewhere, path(), StandardCopyOption.ATOMIC_MOVE);
			Eventually.await("noticed", () -> state() == State.ADDRESS_FOREIGN);
			assertThat(thief.accept()).as("a probe").isNull();
		}
		finally {
			thief.close();
		}
		Eventually.await("bound again", () -> accepts(path()) && state() == State.RUNNING);
		try (RawClient client = client()) {
			assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
		}
	}

	/** Nothing listens at the path until it is bound again. */
	private static boolean accepts(Path path) {
		try (SocketChannel connected = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
			return connected.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Test
	void anAddressThatCannotBeBoundAgainIsTriedUntilItCan() throws Exception {
		this.listener.start();
		Path directory = path().getParent();
		Path aside = directory.resolveSibling(directory.getFileName() + "-aside");
		try (RawClient old = client()) {
			assertThat(old.call("echo", "").status()).isEqualTo(Status.OK);
			Files.move(directory, aside);
			Files.writeString(directory, "a file where the directory was");
			Eventually.await("noticed", () -> state() == State.ADDRESS_GONE || state() == State.ADDRESS_FOREIGN);
			Eventually.await("told", () -> !this.log.warnings().isEmpty());
			assertThat(old.call("echo", "").status()).isEqualTo(Status.OK);
			Files.delete(directory);
			Files.move(aside, directory);
			Files.deleteIfExists(path());
			Eventually.await("bound again", () -> state() == State.RUNNING && Files.exists(path()));
			try (RawClient client = client()) {
				assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
			}
			assertThat(old.call("echo", "").status()).isEqualTo(Status.OK);
		}
		assertThat(this.log.warnings()).as("told once, not with each attempt").hasSizeBetween(1, 4);
	}

	private static void replace(Path path, String content) throws IOException {
		// in one step, so that the watchdog never finds nothing there
		Path beside = path.resolveSibling("beside");
		Files.writeString(beside, content);
		Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
	}

	private Path path() {
		return this.listener.path();
	}

	private RawClient client() {
		return RawClient.connect(path());
	}

	private State state() {
		return this.listener.container().stats().state();
	}

}
