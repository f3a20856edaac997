package io.github.udsboot.listener.dispatch;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.udsboot.Status;
import io.github.udsboot.interleaving.Interleaving;
import io.github.udsboot.interleaving.Interleavings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every order in which a handler answers and its call is withdrawn.
 */
class CallStateInterleavingTests {

	@Test
	void aCallHasOneOutcomeAndIsCountedOutOnceAndItsInterruptStaysInTheHandler() {
		assertThat(Interleavings.explore(AnswerAgainstWithdrawals.class, 4, CallState.class)).isGreaterThan(20);
	}

	private static final class Call extends CallState {

		private int countedOut;

		private int cancelled;

		private int lingering;

		@Override
		void countOut(Status status) {
			this.countedOut++;
		}

		@Override
		void lingers(boolean begins) {
			this.lingering += begins ? 1 : -1;
		}

		@Override
		void runElsewhere(Runnable cancellation) {
			cancellation.run();
		}

	}

	/** By a cancellation and by a deadline. */
	static class AnswerAgainstWithdrawals implements Interleaving {

		private final Call call = new Call();

		private int answers;

		private int withdrawals;

		private boolean interruptedLater;

		@Override
		public List<Runnable> actors() {
			return List.of(this::handle, this::withdraw, this::withdraw);
		}

		private void handle() {
			if (this.call.enter()) {
				this.call.whenWithdrawn(() -> this.call.cancelled++);
				if (this.call.takeOutcome()) {
					this.answers++;
					this.call.countOut(Status.OK);
				}
			}
			this.call.leave();
			this.interruptedLater = Thread.currentThread().isInterrupted();
		}

		private void withdraw() {
			if (this.call.withdraw()) {
				this.withdrawals++;
				this.call.giveUp(Status.CANCELLED);
			}
		}

		@Override
		public void check() {
			assertThat(this.answers + this.withdrawals).isEqualTo(1);
			assertThat(this.call.countedOut).isEqualTo(1);
			assertThat(this.call.lingering).isZero();
			assertThat(this.call.cancelled).isLessThanOrEqualTo(this.withdrawals);
			assertThat(this.interruptedLater).isFalse();
		}

	}

}
