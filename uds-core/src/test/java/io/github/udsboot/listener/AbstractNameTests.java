package io.github.udsboot.listener;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import io.github.udsboot.UdsException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Sockets without a file.
 */
@EnabledOnOs(OS.LINUX)
class AbstractNameTests {

	private final String name = "@uds-test-" + UUID.randomUUID();

	private final UdsListenerOptions options = new UdsListenerOptions("test", UdsAddress.of(this.name));

	private final UdsListenerContainer container = new UdsListenerContainer(this.options, () -> {
		try {
			HandlerRegistry registry = new HandlerRegistry();
			Echo echo = new Echo();
			registry.register(new UdsHandlerEndpoint(Set.of("test"), "", () -> echo, Echo.class,
					Echo.class.getDeclaredMethod("echo", String.class), Execution.AUTO));
			return registry.routerFor("test");
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalStateException(ex);
		}
	}, CallRecorder.NONE, null);

	@AfterEach
	void stop() {
		this.container.stop();
	}

	@Test
	void ownUserIsServedByDefault() {
		this.options.setProtocol(new LineProtocol());
		this.container.start();
		try (UdsTemplate client = client(); UdsSession session = client.open()) {
			session.send("你好");
			assertThat(session.receive(byte[].class)).asString(StandardCharsets.UTF_8).isEqualTo("你好");
			assertThat(session.getPeer().pid()).isEqualTo(ProcessHandle.current().pid());
			assertThat(client.exchange("x", String.class)).isEqualTo("x");
		}
	}

	@Test
	void aPeerThatTheCheckRefusesReachesNoHandler() {
		this.options.setProtocol(new LineProtocol());
		this.options.setAuthorizer((peer) -> false);
		this.container.start();
		try (UdsTemplate client = client()) {
			assertThatExceptionOfType(UdsException.class).isThrownBy(() -> client.exchange("x", String.class));
		}
		assertThat(this.container.stats().refused().get(RefusalReason.UNAUTHORIZED)).isPositive();
	}

	@Test
	void withoutAPeerCheckTheListenerDoesNotStart() {
		this.options.setProtocol(new LineProtocol());
		this.options.setAuthorizer(PeerAuthorizer.acceptAll());
		assertThatExceptionOfType(UdsListenerStartException.class).isThrownBy(this.container::start)
			.withMessageContaining(this.name)
			.withMessageContaining("allowed-users");
		assertThat(this.container.isRunning()).isFalse();
	}

	private UdsTemplate client() {
		return UdsTemplate.builder().path(this.name).protocol(new LineProtocol()).build();
	}

	private static final class Echo {

		@UdsHandler
		String echo(String line) {
			return line;
		}

	}

}
