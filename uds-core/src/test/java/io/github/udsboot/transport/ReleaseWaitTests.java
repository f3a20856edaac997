package io.github.udsboot.transport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.udsboot.testsupport.ChildJvm;
import io.github.udsboot.transport.BindFailedException.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A bind that waits until another server has released the address.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ReleaseWaitTests {

	private static final Duration LONG = Duration.ofSeconds(40);

	private static final Duration SHORT = Duration.ofMillis(400);

	private final List<AutoCloseable> resources = new ArrayList<>();

	@TempDir
	private Path directory;

	private UdsAddress address;

	@BeforeEach
	void setUp() {
		this.address = UdsAddress.of(this.directory.resolve("server.sock"));
	}

	@AfterEach
	void closeEverything() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	private <T extends AutoCloseable> T closeLater(T resource) {
		this.resources.add(0, resource);
		return resource;
	}

	private UdsServerSocket bind(String transport, Duration wait) throws IOException {
		return closeLater(ChildJvm.transport(transport, this.address)
			.bind(this.address, BindOptions.DEFAULTS.withWaitForRelease(wait)));
	}

	private <T> FutureTask<T> start(Callable<T> call) {
		FutureTask<T> task = new FutureTask<>(call);
		Thread thread = new Thread(task);
		thread.start();
		this.resources.add(thread::interrupt);
		return task;
	}

	private static void awaitWaiting(CapturedOutput output) {
		Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> output.toString().contains("waiting up to"));
	}

	private void assertServes(UdsServerSocket server, String transport) throws IOException {
		closeLater(ChildJvm.transport(transport, this.address).connect(this.address));
		assertThat(closeLater(server.accept())).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "junixsocket" })
	void anotherServerOfThisJvmIsWaitedFor(String transport, CapturedOutput output) throws Exception {
		UdsServerSocket first = bind(transport, Duration.ZERO);
		FutureTask<UdsServerSocket> second = start(() -> bind(transport, LONG));
		awaitWaiting(output);
		first.withdraw();
		assertThat(second).as("the first still has the lock").isNotDone();
		first.close();
		assertServes(second.get(20, TimeUnit.SECONDS), transport);
		assertThat(output).contains("waiting up to 40 s for its release. A server is already running")
			.containsOnlyOnce("waiting up to")
			.containsOnlyOnce("was released after");
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "junixsocket" })
	void aServerOfAnotherProcessIsWaitedFor(String transport, CapturedOutput output) throws Exception {
		ChildJvm first = closeLater(ChildJvm.start());
		assertThat(first.ask("bind", transport, this.address, "rw-------", 0)).isEqualTo("bound");
		FutureTask<UdsServerSocket> second = start(() -> bind(transport, LONG));
		awaitWaiting(output);
		assertThat(second).isNotDone();
		first.kill();
		assertServes(second.get(20, TimeUnit.SECONDS), transport);
	}

	@Test
	void aLockFileThatACleanerRemovesMeanwhileDoesNotProlongTheWait(CapturedOutput output) throws Exception {
		ChildJvm first = closeLater(ChildJvm.start());
		assertThat(first.ask("bind", "jdk", this.address, "rw-------", 0)).isEqualTo("bound");
		FutureTask<UdsServerSocket> second = start(() -> bind("jdk", LONG));
		awaitWaiting(output);
		Files.delete(this.directory.resolve("server.sock.lock"));
		assertThat(first.ask("close")).isEqualTo("closed");
		assertServes(second.get(20, TimeUnit.SECONDS), "jdk");
	}

	@Test
	void theFailureAfterTheWaitNamesTheTime() throws IOException {
		bind("jdk", Duration.ZERO);
		assertThatExceptionOfType(BindFailedException.class).isThrownBy(() -> bind("jdk", SHORT))
			.withMessageContaining("A server is already running")
			.withMessageMatching(".*; waited \\d+ ms for its release")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.SAME_JVM))
			.satisfies((ex) -> assertThat(ex.remedy()).isNotEmpty());
	}

	@Test
	void whatIsNoServerIsNotWaitedFor(CapturedOutput output) throws IOException {
		Files.writeString(this.address.path(), "precious");
		assertThatExceptionOfType(BindFailedException.class).isThrownBy(() -> bind("jdk", LONG))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NOT_A_SOCKET));
		assertThat(output).doesNotContain("waiting up to");
	}

	@Test
	void anInterruptEndsTheWait(CapturedOutput output) throws Exception {
		bind("jdk", Duration.ZERO);
		FutureTask<UdsServerSocket> second = new FutureTask<>(() -> bind("jdk", Duration.ofDays(1)));
		Thread thread = new Thread(second);
		thread.start();
		awaitWaiting(output);
		thread.interrupt();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> second.get(20, TimeUnit.SECONDS))
			.havingCause()
			.withMessageContaining("was interrupted");
	}

	@Test
	void aLiveServerWithoutALockIsNotConnectedTo() throws IOException {
		ServerSocketChannel live = bindWithoutLock();
		live.configureBlocking(false);
		assertThatExceptionOfType(BindFailedException.class).isThrownBy(() -> bind("jdk", Duration.ofSeconds(1)))
			.withMessageContaining("waited");
		assertThat(live.accept()).isNull();
	}

	@Test
	void aLiveServerWithoutALockIsWaitedFor(CapturedOutput output) throws Exception {
		ServerSocketChannel live = bindWithoutLock();
		FutureTask<UdsServerSocket> second = start(() -> bind("jdk", LONG));
		awaitWaiting(output);
		Files.delete(this.address.path());
		live.close();
		assertServes(second.get(20, TimeUnit.SECONDS), "jdk");
	}

	@Test
	void aServerWithoutALockThatEndsAndLeavesItsFileIsWaitedFor(CapturedOutput output) throws Exception {
		ServerSocketChannel live = bindWithoutLock();
		FutureTask<UdsServerSocket> second = start(() -> bind("jdk", LONG));
		awaitWaiting(output);
		live.close();
		assertServes(second.get(20, TimeUnit.SECONDS), "jdk");
	}

	private ServerSocketChannel bindWithoutLock() throws IOException {
		return closeLater(ServerSocketChannel.open(StandardProtocolFamily.UNIX))
			.bind(UnixDomainSocketAddress.of(this.address.path()), 50);
	}

	@Test
	void aServerAtAnAbstractNameIsNeverConnectedTo() throws IOException {
		this.address = UdsAddress.of("@uds-" + UUID.randomUUID());
		ChildJvm live = closeLater(ChildJvm.start());
		assertThat(live.ask("bind", "junixsocket", this.address, "rw-------", 0)).isEqualTo("bound");
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> bind("junixsocket", Duration.ofSeconds(1)))
			.withMessageContaining("waited");
		assertThat(live.ask("accepted")).isEqualTo("0");
	}

	@Test
	void anAbstractNameOfThisJvmIsWaitedFor(CapturedOutput output) throws Exception {
		this.address = UdsAddress.of("@uds-" + UUID.randomUUID());
		UdsServerSocket first = bind("junixsocket", Duration.ZERO);
		FutureTask<UdsServerSocket> second = start(() -> bind("junixsocket", LONG));
		awaitWaiting(output);
		assertThat(second).isNotDone();
		first.close();
		assertServes(second.get(20, TimeUnit.SECONDS), "junixsocket");
	}

	@Test
	void anAbstractNameOfAnotherProcessIsWaitedFor(CapturedOutput output) throws Exception {
		this.address = UdsAddress.of("@uds-" + UUID.randomUUID());
		ChildJvm first = closeLater(ChildJvm.start());
		assertThat(first.ask("bind", "junixsocket", this.address, "rw-------", 0)).isEqualTo("bound");
		FutureTask<UdsServerSocket> second = start(() -> bind("junixsocket", LONG));
		awaitWaiting(output);
		assertThat(second).isNotDone();
		first.kill();
		assertServes(second.get(20, TimeUnit.SECONDS), "junixsocket");
	}

}
