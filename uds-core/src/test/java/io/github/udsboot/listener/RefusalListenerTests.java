package io.github.udsboot.listener;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The application is told of refused connections, and cannot disturb the listener in it.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(120)
class RefusalListenerTests {

	private final List<UdsConnectionRefusal> told = new CopyOnWriteArrayList<>();

	private final TransportType transport;

	RefusalListenerTests(TransportType transport) {
		this.transport = transport;
	}

	private TestListener listener() {
		return new TestListener(this.transport);
	}

	private static void beRefused(TestListener listener, boolean waits) {
		try (RawClient refused = RawClient.connect(listener.path())) {
			if (waits) {
				// it is told when it has sent something
				refused.write(new byte[1]);
			}
			assertThat(refused.next()).isInstanceOf(RefusalFrame.class);
		}
	}

	private long counted(RefusalReason reason) {
		return this.told.stream()
			.filter((refusal) -> refusal.reason() == reason)
			.mapToLong((refusal) -> 1 + refusal.unreported())
			.sum();
	}

	@Test
	void allRefusalsAreToldOfOrCountedAndTheirThreadIsNoEventLoop() {
		List<String> threads = new CopyOnWriteArrayList<>();
		try (TestListener listener = listener().options((options) -> options.setAuthorizer((peer) -> false))
			.refusalListener((refusal) -> {
				threads.add(Thread.currentThread().getName());
				this.told.add(refusal);
			})
			.start(); UdsTemplate client = listener.client().build()) {
			for (int i = 0; i < 50; i++) {
				assertThatExceptionOfType(UdsRemoteException.class)
					.isThrownBy(() -> client.request("echo", "x", String.class));
			}
			Eventually.await("told of", () -> counted(RefusalReason.UNAUTHORIZED) == 50);
			assertThat(this.told).allSatisfy((refusal) -> {
				assertThat(refusal.listener()).isEqualTo("test");
				assertThat(refusal.address()).isEqualTo(listener.path().toString());
				assertThat(refusal.peer()).isNotNull();
				assertThat(refusal.peer().getName()).isEqualTo(System.getProperty("user.name"));
			});
			assertThat(threads).allMatch((name) -> name.startsWith("uds-test-"));
		}
	}

	@Test
	void aListenerThatBlocksHoldsUpNeitherAcceptingNorTheStopAndIsToldOfTheRestLater() {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		try (TestListener listener = listener().options((options) -> {
			options.setEventLoops(1);
			options.setMaxConnections(1);
			options.setMaxHandlerThreads(4);
		}).refusalListener((refusal) -> {
			inside.countDown();
			awaitUninterruptibly(release);
			this.told.add(refusal);
		}).start(); RawClient first = RawClient.connect(listener.path())) {
			first.call("echo", "x");
			beRefused(listener, false);
			Eventually.await(inside);
			for (int i = 0; i < 99; i++) {
				beRefused(listener, false);
			}
			first.call("echo", "still served");
			assertThat(listener.container().stats().handlerThreads()).as("threads held").isOne();
			listener.container().stop();
			assertThat(this.told).isEmpty();
			release.countDown();
			Eventually.await("all told of", () -> counted(RefusalReason.CONNECTIONS) == 100);
			assertThat(this.told).hasSize(2);
		}
		finally {
			release.countDown();
		}
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		boolean opened = false;
		while (!opened) {
			try {
				opened = latch.await(1, TimeUnit.MINUTES);
			}
			catch (InterruptedException ex) {
				// the stop interrupts, and has to do without an answer
			}
		}
	}

	@Test
	void whatIsLeftAtAStopIsToldOfBeforeTheStopReturns() {
		try (TestListener listener = listener().options((options) -> options.setAuthorizer((peer) -> false))
			.refusalListener(this.told::add)
			.start()) {
			for (int round = 1; round <= 3; round++) {
				for (int i = 0; i < 20; i++) {
					beRefused(listener, true);
				}
				listener.container().stop();
				assertThat(counted(RefusalReason.UNAUTHORIZED)).as("round %d", round).isEqualTo(20L * round);
				listener.start();
			}
		}
	}

	@Test
	void aListenerThatFailsIsToldAgain() {
		try (TestListener listener = listener().options((options) -> options.setAuthorizer((peer) -> false))
			.refusalListener((refusal) -> {
				this.told.add(refusal);
				throw new OutOfMemoryError("expected by the test");
			})
			.start()) {
			for (int i = 1; i <= 2; i++) {
				beRefused(listener, true);
				int refusals = i;
				Eventually.await("told of", () -> counted(RefusalReason.UNAUTHORIZED) == refusals);
			}
			assertThat(this.told).hasSize(2);
		}
	}

}
