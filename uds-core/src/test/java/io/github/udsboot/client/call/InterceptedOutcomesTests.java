package io.github.udsboot.client.call;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.guard.SureExecutor;
import io.github.udsboot.interceptor.UdsClientResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When calls end whose interceptors do not answer, by a clock that the test has.
 */
class InterceptedOutcomesTests {

	private static final long GRACE = Duration.ofMillis(200).toNanos();

	private static final long HOUR = Duration.ofHours(1).toNanos();

	private final InterceptedOutcomes outcomes = new InterceptedOutcomes();

	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private final long deadline = System.nanoTime() + HOUR;

	@Test
	void aCallThatWasNotMadeEndsAtItsDeadline() {
		FakeCall call = add(new FakeCall(this.deadline, false));
		this.outcomes.expire(this.deadline - 1);
		assertThat(call.expired).isZero();
		assertThat(this.outcomes.isNeeded()).isTrue();
		this.outcomes.expire(this.deadline);
		assertEnded(call);
	}

	@Test
	void aCallThatWasMadeHasAMomentForItsOwnOutcome() {
		FakeCall call = add(new FakeCall(this.deadline, true));
		this.outcomes.expire(this.deadline);
		this.outcomes.expire(this.deadline + GRACE - 1);
		assertThat(call.expired).isZero();
		assertThat(this.outcomes.isNeeded()).isTrue();
		this.outcomes.expire(this.deadline + GRACE);
		assertEnded(call);
	}

	@Test
	void anOutcomeOfItsOwnInThatMomentIsTheOne() {
		FakeCall call = add(new FakeCall(this.deadline, true));
		this.outcomes.expire(this.deadline);
		call.outcome.complete(new UdsClientResponse(new byte[0]));
		assertNothingIsKept();
		this.outcomes.expire(this.deadline + GRACE);
		assertThat(call.expired).isZero();
		assertThat(this.tasks).isEmpty();
	}

	@Test
	void aCallThatHasEndedIsToldOnceAndNotKeptUntilItsOutcomeIsTaken() {
		FakeCall call = add(new FakeCall(this.deadline, false));
		this.outcomes.expire(this.deadline);
		// the executor is busy
		assertNothingIsKept();
		FakeCall later = add(new FakeCall(this.deadline + 1, false));
		this.outcomes.expire(this.deadline + 1);
		assertThat(call.expired).isOne();
		assertThat(later.expired).isOne();
		assertThat(this.tasks).hasSize(2);
	}

	@Test
	void aCallThatIsAnsweredIsNotKept() {
		FakeCall timed = add(new FakeCall(this.deadline, false));
		FakeCall untimed = add(new FakeCall(CallRequest.NO_DEADLINE, false));
		timed.outcome.complete(new UdsClientResponse(new byte[0]));
		assertThat(this.outcomes.size()).isOne();
		assertThat(this.outcomes.isNeeded()).isFalse();
		untimed.outcome.completeExceptionally(new IllegalStateException());
		assertNothingIsKept();
	}

	@Test
	void moreTimeThatWasGivenMeanwhileIsKept() {
		FakeCall call = add(new FakeCall(this.deadline, false));
		call.deadline = this.deadline + HOUR;
		this.outcomes.expire(this.deadline);
		this.outcomes.expire(this.deadline + HOUR - 1);
		assertThat(call.expired).isZero();
		this.outcomes.expire(this.deadline + HOUR);
		assertEnded(call);
	}

	@Test
	void aClientThatIsClosedEndsTheCallsThatWereNotMadeAndTheOthersAMomentLater() {
		FakeCall made = add(new FakeCall(CallRequest.NO_DEADLINE, true));
		FakeCall notMade = add(new FakeCall(this.deadline, false));
		this.outcomes.close(true);
		long closed = System.nanoTime();
		assertThat(notMade.expired).isOne();
		assertThat(notMade.failure).isInstanceOf(UdsCancelledException.class);
		assertThat(made.expired).isZero();
		assertThat(this.outcomes.isOwed()).isTrue();
		this.outcomes.expire(closed + GRACE);
		assertThat(made.expired).isOne();
		assertThat(made.failure).isInstanceOf(UdsCancelledException.class);
		assertNothingIsKept();
	}

	@Test
	void withoutAClockTheyAllEndWithTheClient() {
		FakeCall made = add(new FakeCall(CallRequest.NO_DEADLINE, true));
		this.outcomes.close(false);
		assertThat(made.expired).isOne();
		assertNothingIsKept();
	}

	private FakeCall add(FakeCall call) {
		assertThat(this.outcomes.add(call, call.outcome, SureExecutor.of(this.tasks::add))).isTrue();
		return call;
	}

	private void assertEnded(FakeCall call) {
		assertThat(call.expired).isOne();
		assertThat(call.failure).isInstanceOf(UdsDeadlineExceededException.class);
		assertNothingIsKept();
		assertThat(call.outcome).isNotDone();
		this.tasks.remove().run();
		assertThat(call.outcome).isCompletedExceptionally();
		assertThat(this.tasks).isEmpty();
	}

	private void assertNothingIsKept() {
		assertThat(this.outcomes.size()).isZero();
		assertThat(this.outcomes.isNeeded()).isFalse();
		assertThat(this.outcomes.isOwed()).isFalse();
	}

	/** A call whose interceptors say nothing. */
	private static final class FakeCall implements InterceptedOutcomes.Call {

		private final CompletableFuture<UdsClientResponse> outcome = new CompletableFuture<>();

		private final boolean attempted;

		private long deadline;

		private int expired;

		private UdsException failure;

		private FakeCall(long deadline, boolean attempted) {
			this.deadline = deadline;
			this.attempted = attempted;
		}

		@Override
		public long deadline() {
			return this.deadline;
		}

		@Override
		public boolean isAttempted() {
			return this.attempted;
		}

		@Override
		public UdsException unanswered(boolean closed) {
			return closed ? new UdsCancelledException("closed", "get", null, null)
					: new UdsDeadlineExceededException("late", "get", null, null);
		}

		@Override
		public void expire(UdsException failure) {
			this.expired++;
			this.failure = failure;
		}

	}

}
