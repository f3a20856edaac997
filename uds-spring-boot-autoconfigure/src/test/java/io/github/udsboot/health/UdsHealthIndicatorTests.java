package io.github.udsboot.health;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.config.UdsHandlerMethodProcessor;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.listener.UdsListenerStats.State;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

class UdsHealthIndicatorTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final CountDownLatch leave = new CountDownLatch(1);

	private final CountDownLatch entered = new CountDownLatch(1);

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	@TempDir
	private Path directory;

	private Path socket;

	private UdsListenerContainer container;

	private UdsTemplate template;

	@BeforeEach
	void setUp() {
		this.socket = this.directory.resolve("a.sock");
		HandlerRegistry registry = new HandlerRegistry();
		this.context.registerBean(UdsHandlerMethodProcessor.class, () -> new UdsHandlerMethodProcessor(registry));
		this.context.registerBean(Handler.class, Handler::new);
		this.context.refresh();
		this.container = new UdsListenerContainer(new UdsListenerOptions("default", UdsAddress.of(this.socket)),
				() -> registry.routerFor("default"), CallRecorder.NONE, null);
		this.template = UdsTemplate.builder().path(this.socket.toString()).build();
	}

	@AfterEach
	void tearDown() {
		this.leave.countDown();
		this.container.stop();
		this.template.close();
		this.context.close();
	}

	@Test
	void whenTheSocketCanBeConnectedToThenBothSidesAreUp() {
		this.container.start();
		Health listener = listener();
		assertThat(listener.getStatus()).isEqualTo(Status.UP);
		assertThat(listener.getDetails()).containsEntry("path", this.socket.toString())
			.containsEntry("state", State.RUNNING)
			.containsKey("connections");
		Health client = client();
		assertThat(client.getStatus()).isEqualTo(Status.UP);
		assertThat(client.getDetails()).containsEntry("path", this.socket.toString()).containsEntry("connections", 0);
	}

	@Test
	void whenTheListenerIsNotStartedThenItsHealthIsUnknownAndTheClientIsDown() {
		assertThat(listener().getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(client().getStatus()).isEqualTo(Status.DOWN);
		assertThat(client().getDetails().get("error")).asString().contains(this.socket.toString());
	}

	@Test
	void whenTheSocketFileIsReplacedThenBothSidesAreDown() throws Exception {
		this.container.start();
		Files.delete(this.socket);
		Files.writeString(this.socket, "not a socket");
		// At once since nobody can connect, and when the listener notices for that reason
		assertThat(listener().getStatus()).isEqualTo(Status.DOWN);
		assertThat(listener().getDetails().get("error")).asString().isNotEmpty();
		assertThat(client().getStatus()).isEqualTo(Status.DOWN);
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(listener().getDetails()).containsEntry("state", State.ADDRESS_FOREIGN));
		assertThat(listener().getStatus()).isEqualTo(Status.DOWN);
		assertThat(this.socket).hasContent("not a socket");
	}

	@Test
	void whenTheSocketFileIsRemovedThenTheListenerComesUpAgain() throws Exception {
		this.container.start();
		Files.delete(this.socket);
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(listener().getStatus()).isEqualTo(Status.UP));
		assertThat(this.socket).exists();
	}

	@Test
	void whenTheListenerIsLookedAtThenNobodyConnectsToIt() {
		this.container.start();
		for (int i = 0; i < 20; i++) {
			assertThat(listener().getStatus()).isEqualTo(Status.UP);
		}
		assertThat(this.container.stats().accepted()).isZero();
	}

	@Test
	void whenTheClientHasAConnectionThenItMakesNoOther() {
		this.container.start();
		this.template.request("echo", "x", String.class);
		for (int i = 0; i < 20; i++) {
			assertThat(client().getStatus()).isEqualTo(Status.UP);
		}
		assertThat(client().getDetails()).containsEntry("server", "connected").containsEntry("connections", 1);
		assertThat(this.container.stats().accepted()).isOne();
	}

	@Test
	void whenOnlyAConnectCouldTellThenTheHealthOfAClientOfMessagesIsUnknown() throws Exception {
		Path live = this.directory.resolve("live.sock");
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(live)).configureBlocking(false);
			assertThat(clientOfMessages(live, null).getStatus()).isEqualTo(Status.UP);
			Path renamed = Files.move(live, this.directory.resolve("renamed.sock"));
			assertThat(clientOfMessages(renamed, null).getStatus()).isEqualTo(Status.UNKNOWN);
			assertThat(clientOfMessages(renamed, false).getStatus()).isEqualTo(Status.UNKNOWN);
			assertThat(server.accept()).isNull();
			assertThat(clientOfMessages(renamed, true).getStatus()).isEqualTo(Status.UP);
			server.accept().close();
		}
		assertThat(clientOfMessages(live, null).getStatus()).isEqualTo(Status.DOWN);
	}

	private static Health clientOfMessages(Path path, Boolean probe) {
		try (UdsTemplate client = UdsTemplate.builder()
			.path(path.toString())
			.protocol(new LineProtocol())
			.probe(probe)
			.build()) {
			return new UdsClientHealthIndicator(client).health();
		}
	}

	@Test
	void whenTheListenerDrainsThenItIsOutOfService() throws Exception {
		this.container.start();
		this.template.requestAsync("wait", null, Void.class);
		assertThat(this.entered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		this.container.drain();
		assertThat(listener().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
	}

	private Health listener() {
		return new UdsHealthIndicator(this.container).health();
	}

	private Health client() {
		return new UdsClientHealthIndicator(this.template).health();
	}

	class Handler {

		@UdsHandler("echo")
		String echo(String text) {
			return text;
		}

		@UdsHandler("wait")
		void waitForTheTest() throws InterruptedException {
			UdsHealthIndicatorTests.this.entered.countDown();
			UdsHealthIndicatorTests.this.leave.await();
		}

	}

}
