package io.github.udsboot.benchmark.peer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.udsboot.benchmark.load.EchoClient;
import io.github.udsboot.benchmark.load.ItemsLoad;
import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.peer.grpc.GrpcPeer;
import io.github.udsboot.benchmark.peer.http.HttpPeer;
import io.github.udsboot.benchmark.peer.rsocket.RSocketPeer;
import io.github.udsboot.benchmark.peer.uds.TcpTransport;
import io.github.udsboot.benchmark.peer.uds.UdsPeer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that each technology answers, and is what it is said to be.
 */
class PeersTests {

	@TempDir
	private Path directory;

	@Test
	void oursAnswers() throws Exception {
		assertThatEchoes(new UdsPeer(), true);
	}

	@Test
	void oursOverTcpBindsAPortInThePlaceOfASocket() throws Exception {
		System.setProperty(TcpTransport.PROPERTY, "true");
		try {
			assertThatEchoes(new UdsPeer(), true);
			assertThat(Integer.parseInt(Files.readString(socket()))).isPositive();
		}
		finally {
			System.clearProperty(TcpTransport.PROPERTY);
		}
	}

	@Test
	void grpcAnswers() throws Exception {
		assertThatEchoes(new GrpcPeer(false), true);
	}

	@Test
	void grpcWithDirectExecutorsAnswers() throws Exception {
		assertThatEchoes(new GrpcPeer(true), true);
	}

	@Test
	void rsocketAnswers() throws Exception {
		assertThatEchoes(new RSocketPeer(), true);
	}

	@Test
	void httpAnswers() throws Exception {
		assertThatEchoes(new HttpPeer(), false);
	}

	private Path socket() {
		return this.directory.resolve("s");
	}

	private void assertThatEchoes(Peer peer, boolean more) throws Exception {
		byte[] payload = new byte[100_000];
		new Random(1).nextBytes(payload);
		RunningServer server = peer.serve(socket().toString());
		try (EchoClient client = peer.connect(server.address(), 0)) {
			assertThat(client.echo(payload)).isEqualTo(payload);
			if (more) {
				assertThat(client.echoAsync(payload).get(30, TimeUnit.SECONDS)).isEqualTo(payload);
				assertThatItemsCome(client, Load.Kind.SERVER_STREAM);
				assertThatItemsCome(client, Load.Kind.UPLOAD);
				assertThat(client.echo(payload)).isEqualTo(payload);
			}
		}
		finally {
			server.stop().run();
		}
	}

	/** The load itself looks at each item, and compares numbers. */
	private static void assertThatItemsCome(EchoClient client, Load.Kind kind) {
		Load load = Load.ofItems(kind, 64).lasting(Duration.ofMillis(50), Duration.ofMillis(100));
		assertThat(ItemsLoad.run(load, client).calls()).isPositive();
	}

}
