package io.github.udsboot.client;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.client.shared.IoThread;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.ScriptedServer.Peer;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client takes of descriptors, threads and processor time.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(120)
class ClientResourceTests {

	private static final int SOME = 10;

	@Parameter
	private TransportType transport;

	@Test
	void closedTemplatesLeaveNothingBehind() throws Exception {
		try (TestListener listener = new TestListener(this.transport).start()) {
			useTemplate(listener);
			long descriptors = descriptors();
			int threads = ioThreads();
			for (int i = 0; i < 100; i++) {
				useTemplate(listener);
			}
			Callers.await().until(() -> descriptors() < descriptors + SOME && ioThreads() <= threads);
		}
	}

	private void useTemplate(TestListener listener) throws Exception {
		try (UdsTemplate template = listener.client().build()) {
			CompletableFuture<String> first = template.requestAsync("echo", "first", String.class);
			CompletableFuture<String> second = template.requestAsync("echo", "second", String.class);
			assertThat(template.request("echo", "third", String.class)).isEqualTo("third");
			assertThat(first.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("first");
			assertThat(second.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("second");
		}
	}

	@Test
	void reconnectsLeaveNothingBehind() throws Throwable {
		try (ScriptedServer server = new ScriptedServer().start()) {
			TestClient client = new TestClient(server.path(), this.transport);
			try (UdsTemplate template = client.build()) {
				reconnect(server, template);
				long descriptors = descriptors();
				for (int i = 0; i < 200; i++) {
					reconnect(server, template);
				}
				Callers.await().until(() -> descriptors() < descriptors + SOME);
				assertThat(template.getConnectionFactory().stats().connects()).isEqualTo(201);
				assertThat(template.getConnectionFactory().stats().connections()).isLessThanOrEqualTo(1);
			}
		}
	}

	/** The caller leads and sleeps, so that it has a selector registered. */
	private static void reconnect(ScriptedServer server, UdsTemplate template) throws Throwable {
		Caller<String> caller = Callers.start(() -> template.request("echo", "text", String.class));
		try (Peer peer = server.accept()) {
			var request = peer.request();
			caller.awaitLeading();
			peer.answer(request);
			assertThat(caller.result()).isEqualTo("text");
		}
	}

	@Test
	void idleClientSleepsUntilItIsWoken() throws Exception {
		try (TestListener listener = new TestListener(this.transport).start();
				UdsTemplate template = listener.client().build()) {
			assertThat(template.request("echo", "text", String.class)).isEqualTo("text");
			assertThat(template.requestAsync("echo", "text", String.class)
				.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("text");
			IoThread io = TestClient.connections(template).io();
			Callers.await().until(io::isAsleep);
			long ticks = io.ticks();
			long time = cpuTime(io);
			// long enough for 30 ticks if there were any
			Callers.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
			assertThat(io.ticks()).isEqualTo(ticks);
			assertThat(cpuTime(io) - time).isLessThan(Duration.ofMillis(5).toNanos());
			// and it wakes for calls whose deadlines it looks after
			assertThat(template.requestAsync("echo", "text", String.class)
				.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("text");
		}
	}

	@Test
	void idleClientIsWokenToFinishARequestAndToSeeADeadlinePass() throws Throwable {
		try (ScriptedServer server = new ScriptedServer().start()) {
			TestClient client = new TestClient(server.path(), this.transport);
			try (UdsTemplate template = client.build()) {
				Caller<String> first = Callers.start(() -> template.request("echo", "first", String.class));
				try (Peer peer = server.accept()) {
					peer.answer(peer.request());
					first.result();
					Callers.await().until(TestClient.connections(template).io()::isAsleep);
					byte[] large = new byte[3 << 20];
					Caller<byte[]> second = Callers.start(() -> template.request("echo", large, byte[].class));
					peer.answer(peer.request());
					assertThat(second.result()).isEqualTo(large);
					Callers.await().until(TestClient.connections(template).io()::isAsleep);
					CompletableFuture<String> third = template.route("echo")
						.timeout(Duration.ofMillis(50))
						.retrieveAsync(String.class);
					assertThat(third).failsWithin(Callers.BOUND)
						.withThrowableThat()
						.withCauseInstanceOf(UdsDeadlineExceededException.class);
				}
			}
		}
	}

	@Test
	void callerThatWaitsForASlowAnswerSleeps() throws Throwable {
		try (ScriptedServer server = new ScriptedServer().start()) {
			TestClient client = new TestClient(server.path(), this.transport);
			client.busyPoll = null;
			try (UdsTemplate template = client.build()) {
				Caller<String> caller = Callers.start(() -> template.request("echo", "text", String.class));
				Peer peer = server.accept();
				var request = peer.request();
				caller.awaitLeading();
				long reads = TestClient.connections(template).ready().reads();
				Callers.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
				// it may have polled for 50 microseconds once; awake it would read all
				// the time
				assertThat(TestClient.connections(template).ready().reads() - reads).isLessThan(500);
				peer.answer(request);
				assertThat(caller.result()).isEqualTo("text");
				peer.close();
			}
		}
	}

	private static long cpuTime(IoThread io) {
		return ManagementFactory.getThreadMXBean().getThreadCpuTime(io.thread().getId());
	}

	private static long descriptors() {
		String[] open = new File("/proc/self/fd").list();
		return (open != null) ? open.length : 0;
	}

	private static int ioThreads() {
		return (int) Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().endsWith("-client-io"))
			.count();
	}

}
