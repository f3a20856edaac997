package io.github.udsboot.client.rpc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.call.CallRecipient;
import io.github.udsboot.client.shared.IoThread;
import io.github.udsboot.client.shared.Parts;
import io.github.udsboot.client.shared.PendingCalls;
import io.github.udsboot.client.shared.RequestWriter;
import io.github.udsboot.client.shared.SharedConnection;
import io.github.udsboot.client.shared.SharedConnections;
import io.github.udsboot.connection.Outbox;
import io.github.udsboot.interleaving.Interleaving;
import io.github.udsboot.interleaving.Interleavings;
import io.github.udsboot.interleaving.Steps;
import io.github.udsboot.transport.memory.MemorySocket;
import io.github.udsboot.transport.memory.MemoryTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every order in which a client calls, and is answered, cancelled, too late, cut off and
 * closed. The connections, the I/O thread and the limiter are the real ones; the sockets
 * and the clock are not.
 */
class ClientInterleavingTests {

	@Test
	void aCallThatConnectsWhileTheClientIsClosedHasOneOutcomeAndLeavesNothingOpen() {
		explore(CloseAgainstConnect.class, 2, SharedConnections.class, IoThread.class);
	}

	@Test
	void anAsynchronousCallThatConnectsWhileTheClientIsClosedHasOneOutcomeAndLeavesNothingOpen() {
		explore(CloseAgainstAsyncConnect.class, 2, SharedConnections.class, IoThread.class, AsyncUnaryCall.class);
	}

	@Test
	void callsThatWaitForTheServerEndWhenTheClientIsClosed() {
		explore(CloseAgainstWaiting.class, 2, SharedConnections.class);
	}

	@Test
	void aCallThatIsBeingMadeOnAConnectionThatIsClosedHasOneOutcome() {
		explore(CloseAgainstCall.class, 1, SharedConnection.class, Outbox.class);
	}

	@Test
	void aCallThatIsCancelledWhileItIsAnsweredHasOneOutcomeAndOnePermit() {
		explore(CancelAgainstAnswer.class, 2, SharedConnection.class, PendingCalls.class, AsyncUnaryCall.class);
	}

	@Test
	void whatACallHeldThatWaitedForItsTurnIsGivenBackThoughItIsCancelledWhileItIsSent() {
		explore(CancelAgainstTurn.class, 2, AsyncUnaryCall.class);
	}

	@Test
	void aRequestThatIsTakenBackWhileTheKernelMakesRoomIsNotSentIfItIsSaidToBeUnsent() {
		explore(CancelAgainstWrite.class, 1, SharedConnection.class, RequestWriter.class, Outbox.class);
	}

	@Test
	void aCallWhoseTimeIsOverWhileItIsAnsweredHasOneOutcome() {
		explore(DeadlineAgainstAnswer.class, 2, SharedConnection.class);
	}

	@Test
	void anAsynchronousCallWhoseTimeIsOverWhileItIsAnsweredHasOneOutcome() {
		explore(DeadlineAgainstAsyncAnswer.class, 2, SharedConnection.class, PendingCalls.class, AsyncUnaryCall.class,
				IoThread.class);
	}

	@Test
	void aCallThatIsSentWhileItsConnectionIsLostIsNotSaidToBeUnsentIfItWasSent() {
		explore(LossAgainstCall.class, 1, SharedConnection.class, PendingCalls.class, RequestWriter.class);
	}

	@Test
	void anAsynchronousCallThatIsSentWhileItsConnectionIsLostHasOneOutcome() {
		explore(LossAgainstAsyncCall.class, 2, SharedConnection.class, PendingCalls.class, RequestWriter.class,
				AsyncUnaryCall.class);
	}

	@Test
	void theReadingRoleIsPassedOnToACallThatIsAboutToSleep() {
		explore(TwoCalls.class, 2, SharedConnection.class, RequestWriter.class);
	}

	@Test
	void aRequestIsNotLeftBehindByACallThatStopsToAttend() {
		explore(CallAgainstAsyncCall.class, 2, SharedConnection.class, RequestWriter.class);
	}

	private static void explore(Class<? extends Interleaving> scenario, int preemptions, Class<?>... instrumented) {
		assertThat(Interleavings.explore(scenario, preemptions, Parts.with(instrumented))).isGreaterThan(10);
	}

	static class CloseAgainstConnect extends InterleavedClient {

		CloseAgainstConnect() {
			super(Duration.ofHours(1));
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::call, this::close);
		}

		@Override
		public void check() {
			assertThat(this.failures).hasSize(1);
			assertThat(this.failures.get(0)).isInstanceOfAny(UdsCancelledException.class,
					UdsConnectionLostException.class, UdsUnavailableException.class);
			this.server.close();
			assertThat(MemoryTransport.openSockets()).isZero();
			checkThatAllIsOver(1);
		}

	}

	static class CloseAgainstAsyncConnect extends InterleavedClient {

		private CompletableFuture<byte[]> future;

		CloseAgainstAsyncConnect() {
			super(Duration.ofHours(1));
		}

		@Override
		public List<Runnable> actors() {
			return List.of(() -> this.future = callAsync(), this::close);
		}

		@Override
		public void check() {
			checkThatNothingIsUnderWay(1);
			assertThat(this.future).isCompletedExceptionally();
			this.server.close();
			assertThat(MemoryTransport.openSockets()).isZero();
			checkThatAllIsOver(1);
		}

	}

	/** Nobody listens. */
	static class CloseAgainstWaiting extends InterleavedClient {

		CloseAgainstWaiting() {
			super(Duration.ofHours(1));
			this.server.close();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::call, this::callAsync, this::close);
		}

		@Override
		public void check() {
			assertThat(this.failures).hasSize(1);
			assertThat(this.failures.get(0)).isInstanceOf(UdsCancelledException.class);
			checkThatAllIsOver(2);
		}

	}

	static class CloseAgainstCall extends InterleavedClient {

		private final MemorySocket socket;

		CloseAgainstCall() {
			super(Duration.ZERO);
			this.socket = connect();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::call, () -> serve(this.socket, () -> isDone(1)), this::close);
		}

		@Override
		public void check() {
			assertThat(isDone(1)).isTrue();
			if (wasSent(this.socket)) {
				assertThat(this.failures)
					.allSatisfy((failure) -> assertThat(failure).isInstanceOf(UdsConnectionLostException.class));
			}
			this.socket.close();
			this.server.close();
			assertThat(MemoryTransport.openSockets()).isZero();
			checkThatAllIsOver(1);
		}

	}

	static class CancelAgainstAnswer extends InterleavedClient {

		private final CompletableFuture<byte[]> future;

		private final MemorySocket socket;

		CancelAgainstAnswer() {
			super(Duration.ZERO);
			this.future = callAsync();
			this.socket = accept();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(() -> serve(this.socket, () -> false), () -> this.future.cancel(false));
		}

		@Override
		public void check() {
			checkThatNothingIsUnderWay(1);
			assertThat(this.future).isDone();
			checkThatAllIsOver(1);
		}

	}

	/** Two calls have the permits, and the third waits for one without a thread. */
	static class CancelAgainstTurn extends InterleavedClient {

		private final CompletableFuture<byte[]> third;

		private final MemorySocket socket;

		CancelAgainstTurn() {
			super(Duration.ZERO);
			callAsync();
			callAsync();
			this.third = callAsync();
			this.socket = accept();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(() -> serve(this.socket, () -> false), () -> this.third.cancel(false));
		}

		@Override
		public void check() {
			checkThatNothingIsUnderWay(3);
			assertThat(this.connections.waitingRequests().bytes()).isZero();
			checkThatAllIsOver(3);
		}

	}

	/** The kernel has taken a part of the first request, and nothing of the second. */
	static class CancelAgainstWrite extends InterleavedClient {

		private final CompletableFuture<byte[]> first;

		private final GoneRecipient recipient = new GoneRecipient();

		private final AsyncUnaryCall second;

		private final MemorySocket socket;

		CancelAgainstWrite() {
			super(Duration.ZERO);
			this.socket = connect();
			this.socket.limit(8);
			this.first = callAsync();
			this.second = new AsyncUnaryCall(this.calls, this.connections, request(), new byte[] { 42 },
					this.recipient);
			this.second.begin();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::serve, () -> {
				this.recipient.gone = true;
				this.second.cancel();
			});
		}

		private void serve() {
			while (served() < 1) {
				serve(this.socket, () -> false);
			}
			this.socket.limit(Integer.MAX_VALUE);
		}

		@Override
		public void check() {
			while (this.socket.available() > 0) {
				serve(this.socket, () -> true);
			}
			checkThatNothingIsUnderWay(2);
			assertThat(this.first).isCompleted();
			if (this.recipient.outcome.contains("was not sent")) {
				assertThat(served()).isEqualTo(1);
			}
			checkThatAllIsOver(2);
		}

	}

	private static final class GoneRecipient implements CallRecipient {

		private boolean gone;

		private String outcome = "";

		@Override
		public boolean isGone() {
			return this.gone;
		}

		@Override
		public void answered(byte[] answer) {
			this.outcome = "answered";
		}

		@Override
		public void failed(Throwable failure) {
			this.outcome = failure.getMessage();
		}

	}

	static class DeadlineAgainstAnswer extends InterleavedClient {

		private final MemorySocket socket;

		DeadlineAgainstAnswer() {
			super(Duration.ZERO);
			this.socket = connect();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::call, () -> serve(this.socket, () -> isDone(1)), () -> Steps.advanceClock(TIMEOUT));
		}

		@Override
		public void check() {
			assertThat(isDone(1)).isTrue();
			assertThat(this.failures)
				.allSatisfy((ex) -> assertThat(ex).isInstanceOf(UdsDeadlineExceededException.class));
			checkThatAllIsOver(1);
		}

	}

	static class DeadlineAgainstAsyncAnswer extends InterleavedClient {

		private final CompletableFuture<byte[]> future;

		private final MemorySocket socket;

		DeadlineAgainstAsyncAnswer() {
			super(Duration.ZERO);
			this.future = callAsync();
			this.socket = accept();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(() -> serve(this.socket, () -> false), () -> Steps.advanceClock(TIMEOUT));
		}

		@Override
		public void check() {
			checkThatNothingIsUnderWay(1);
			assertThat(this.future).isDone();
			checkThatAllIsOver(1);
		}

	}

	/** The server hangs up, and does not come back. */
	static class LossAgainstCall extends InterleavedClient {

		final MemorySocket socket;

		LossAgainstCall() {
			super(Duration.ZERO);
			this.socket = connect();
			this.server.close();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::call, this.socket::close);
		}

		@Override
		public void check() {
			assertThat(this.failures).hasSize(1);
			check(this.failures.get(0));
			checkThatAllIsOver(1);
			assertThat(MemoryTransport.openSockets()).isZero();
		}

		final void check(Throwable failure) {
			if (wasSent(this.socket)) {
				assertThat(failure).isInstanceOf(UdsConnectionLostException.class);
			}
			else {
				assertThat(failure).isInstanceOfAny(UdsConnectionLostException.class, UdsUnavailableException.class);
			}
		}

	}

	static class LossAgainstAsyncCall extends LossAgainstCall {

		private CompletableFuture<byte[]> future;

		@Override
		public List<Runnable> actors() {
			return List.of(() -> this.future = callAsync(), this.socket::close);
		}

		@Override
		public void check() {
			// the deadline is for what goes wrong unnoticed
			assertThat(System.nanoTime()).isLessThan(request().startedAt() + TIMEOUT.toNanos());
			checkThatNothingIsUnderWay(1);
			assertThat(this.future).isCompletedExceptionally();
			this.future.whenComplete((payload, failure) -> check(failure));
			checkThatAllIsOver(1);
			assertThat(MemoryTransport.openSockets()).isZero();
		}

	}

	/** Neither the clock nor the I/O thread helps out. */
	static class TwoCalls extends InterleavedClient {

		private final MemorySocket socket;

		TwoCalls() {
			super(Duration.ZERO);
			this.socket = connect();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::call, this::call, this::serve);
		}

		private void serve() {
			while (!isDone(2)) {
				serve(this.socket, () -> isDone(2));
			}
		}

		@Override
		public void check() {
			assertThat(this.answers).isEqualTo(2);
			checkThatAllIsOver(2);
		}

	}

	/** Nobody reads for the one but the I/O thread, which is not told to write. */
	static class CallAgainstAsyncCall extends InterleavedClient {

		private final MemorySocket socket;

		private CompletableFuture<byte[]> future;

		CallAgainstAsyncCall() {
			super(Duration.ZERO);
			this.socket = connect();
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::call, () -> this.future = callAsync(), this::serve);
		}

		private void serve() {
			while (served() < 2) {
				serve(this.socket, () -> false);
			}
		}

		@Override
		public void check() {
			assertThat(this.answers).isEqualTo(1);
			checkThatAllIsOver(2);
			assertThat(this.future).isCompletedWithValueMatching((answer) -> answer[0] == 42);
		}

	}

}
