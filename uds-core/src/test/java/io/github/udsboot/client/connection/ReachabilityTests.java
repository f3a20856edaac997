package io.github.udsboot.client.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsSession;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.connection.Reachability.State;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client knows of its server, and what the server sees of the question.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class ReachabilityTests {

	private final TestListener listener;

	ReachabilityTests(TransportType transport) {
		this.listener = new TestListener(transport);
	}

	@AfterEach
	void stop() {
		this.listener.close();
	}

	private TestListener lines() {
		return this.listener.messages(new LineProtocol(),
				(request, callback) -> callback.reply(UdsReply.ok(request.payload())));
	}

	private static Reachability ask(UdsTemplate client) {
		return client.getConnectionFactory().reachability();
	}

	private long accepted() {
		return this.listener.container().stats().accepted();
	}

	@Test
	void clientOfCallsThatHasNoConnectionConnectsToAsk() {
		this.listener.start();
		try (UdsTemplate client = this.listener.client().build();
				UdsTemplate quiet = this.listener.client().probe(false).build()) {
			assertThat(ask(client)).isEqualTo(new Reachability(State.REACHABLE, "accepts connections"));
			Callers.await().until(() -> accepted() == 1);
			Callers.await().until(() -> this.listener.container().stats().connections() == 0);
			ask(quiet);
			assertThat(accepted()).isEqualTo(1);
		}
	}

	@Test
	void clientThatHasAConnectionAsksNobody() {
		this.listener.start();
		try (UdsTemplate client = this.listener.client().build()) {
			client.request("echo", "x", String.class);
			for (int i = 0; i < 10; i++) {
				assertThat(ask(client)).isEqualTo(new Reachability(State.REACHABLE, "connected"));
			}
			assertThat(accepted()).isEqualTo(1);
			this.listener.container().stop();
			Callers.await().until(() -> ask(client).state() == State.UNREACHABLE);
		}
	}

	@Test
	void clientOfMessagesConnectsOnlyWhenAsked() {
		lines().start();
		try (UdsTemplate unasked = this.listener.client().build();
				UdsTemplate asked = this.listener.client().probe(true).build()) {
			assertThat(ask(unasked).state()).isNotEqualTo(State.UNREACHABLE);
			assertThat(accepted()).isZero();
			assertThat(ask(asked)).isEqualTo(new Reachability(State.REACHABLE, "accepts connections"));
			try (UdsSession session = unasked.open()) {
				assertThat(session.isOpen()).isTrue();
				assertThat(ask(unasked)).isEqualTo(new Reachability(State.REACHABLE, "connected"));
			}
			Callers.await().until(() -> accepted() == 2);
		}
	}

	@Test
	void whatIsInTheWayIsSaidWithoutConnecting() throws IOException {
		Path path = this.listener.path();
		try (UdsTemplate client = this.listener.client().protocol(new LineProtocol()).build()) {
			assertThat(ask(client).state()).isEqualTo(State.UNREACHABLE);
			assertThat(ask(client).description()).contains("there is no socket").contains(path.toString());
			Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
			assertThat(ask(client).state()).isEqualTo(State.UNREACHABLE);
			assertThat(ask(client).description()).contains("no stream socket");
		}
	}

	@Test
	void socketThatNobodyIsKnownToListenOnIsNeitherUpNorDown() throws IOException {
		lines().start();
		Path elsewhere = this.listener.path().resolveSibling("elsewhere.sock");
		// as a volume that another container has under another name
		Files.createLink(elsewhere, this.listener.path());
		try (UdsTemplate client = this.listener.client().path(elsewhere.toString()).build()) {
			assertThat(ask(client).state()).isEqualTo(State.UNKNOWN);
			assertThat(client.exchange("x", String.class)).isEqualTo("x");
		}
	}

}
