package io.github.udsboot.listener;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the application gives a listener may fail or block while it starts, accepts and
 * dispatches: that costs the one peer, and nobody else.
 */
@Timeout(120)
class AcceptingTests {

	@Test
	void anAuthorizerThatThrowsRefusesThatPeerAndAcceptingGoesOn() {
		AtomicInteger asked = new AtomicInteger();
		try (TestListener listener = new TestListener().options((options) -> options.setAuthorizer((peer) -> {
			if (asked.incrementAndGet() == 1) {
				throw new StackOverflowError("expected by the test");
			}
			return true;
		})).start()) {
			try (UdsTemplate refused = listener.client().build()) {
				assertThatExceptionOfType(UdsRemoteException.class)
					.isThrownBy(() -> refused.request("echo", "x", String.class))
					.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.PERMISSION_DENIED));
			}
			try (UdsTemplate next = listener.client().build()) {
				assertThat(next.request("echo", "x", String.class)).isEqualTo("x");
			}
			UdsListenerStats stats = listener.container().stats();
			assertThat(stats.refused()).containsEntry(RefusalReason.UNAUTHORIZED, 1L);
			assertThat(stats.acceptFailures()).as("accepting paused").isZero();
		}
	}

	@Test
	void aConnectionThatCannotBeMadeIsNotCountedAndTheNextIsTakenWithoutAPause() {
		AtomicInteger readers = new AtomicInteger();
		WireProtocol ttrpc = new TtrpcProtocol();
		WireProtocol failing = (WireProtocol) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { WireProtocol.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("newReader") && readers.incrementAndGet() <= 5) {
						throw new OutOfMemoryError("expected by the test");
					}
					return method.invoke(ttrpc, arguments);
				});
		try (TestListener listener = new TestListener().options((options) -> {
			options.setProtocol(failing);
			options.setMaxConnections(1);
		}).start()) {
			for (int i = 0; i < 5; i++) {
				RawClient lost = RawClient.connect(listener.path());
				int lostSoFar = i + 1;
				Eventually.await("it is closed", () -> listener.container().stats().acceptFailures() == lostSoFar);
				lost.close();
			}
			assertThat(listener.container().findObstacle()).isNull();
			assertThat(listener.container().stats().connections()).isZero();
			try (RawClient client = RawClient.connect(listener.path())) {
				client.call("echo", "x");
				assertThat(listener.container().stats().connections()).isOne();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anExecutorThatHoldsUpItsCallerDoesNotHoldUpOtherConnections(boolean runsOnTheCaller) {
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch inside = new CountDownLatch(1);
		AtomicBoolean first = new AtomicBoolean(true);
		AtomicBoolean left = new AtomicBoolean();
		try (TestListener listener = new TestListener().options((options) -> options.setEventLoops(1))
			.handle("pooled", Execution.POOL, (request, callback) -> callback.reply(UdsReply.ok(request.payload())))
			.executor((task) -> {
				if (first.getAndSet(false)) {
					inside.countDown();
					try {
						Eventually.await(release);
					}
					finally {
						left.set(true);
					}
				}
				if (runsOnTheCaller) {
					task.run();
				}
				else {
					new Thread(task).start();
				}
			})
			.start()) {
			try (UdsTemplate held = listener.client().build(); UdsTemplate other = listener.client().build()) {
				var answer = held.requestAsync("pooled", "x", String.class);
				Eventually.await(inside);
				assertThat(other.request("echo", "y", String.class)).isEqualTo("y");
				assertThat(left).as("it was answered only when the executor let go").isFalse();
				release.countDown();
				assertThat(answer.toCompletableFuture().join()).isEqualTo("x");
			}
			finally {
				release.countDown();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 60 })
	void aStopDuringAStartIsNotLost(long waitForRelease) throws Exception {
		try (TestListener address = new TestListener().start()) {
			UdsListenerOptions options = new UdsListenerOptions("starting",
					UdsAddress.of(address.path().resolveSibling("starting.sock")));
			options.setBindOptions(options.getBindOptions().withWaitForRelease(Duration.ofSeconds(waitForRelease)));
			CountDownLatch asked = new CountDownLatch(1);
			CountDownLatch release = new CountDownLatch(1);
			UdsRouter router = ListenerMain.router("starting");
			UdsListenerContainer container = new UdsListenerContainer(options, () -> {
				asked.countDown();
				Eventually.await(release);
				return router;
			}, CallRecorder.NONE, null);
			FutureTask<Void> start = new FutureTask<>(container::start, null);
			new Thread(start).start();
			Eventually.await(asked);
			Thread stopper = new Thread(container::stop);
			stopper.start();
			Eventually.await("the stop waits, or is over",
					() -> stopper.getState() == Thread.State.BLOCKED || stopper.getState() == Thread.State.TERMINATED);
			release.countDown();
			stopper.join(TimeUnit.SECONDS.toMillis(30));
			assertThat(stopper.isAlive()).isFalse();
			assertThat(start).failsWithin(Duration.ofSeconds(30))
				.withThrowableThat()
				.havingCause()
				.isInstanceOf(UdsListenerStartException.class)
				.withMessageContaining("was stopped while it started");
			assertThat(container.isRunning()).isFalse();
			container.start();
			assertThat(container.isRunning()).isTrue();
			container.stop();
		}
	}

}
