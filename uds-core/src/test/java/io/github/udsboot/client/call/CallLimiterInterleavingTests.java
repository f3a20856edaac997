package io.github.udsboot.client.call;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.github.udsboot.interleaving.Interleaving;
import io.github.udsboot.interleaving.Interleavings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every order in which permits come back, and calls enlist, give up and are too late.
 */
class CallLimiterInterleavingTests {

	@Test
	void aPermitThatComesBackWhileOthersEnlistReachesThemAll() {
		assertThat(Interleavings.explore(ReleaseAgainstEnlisting.class, 2, CallLimiter.class)).isGreaterThan(100);
	}

	@Test
	void aCallThatIsTooLateIsGrantedOrSentAwayAndNotBoth() {
		assertThat(Interleavings.explore(ReleaseAgainstExpiry.class, 2, CallLimiter.class)).isGreaterThan(100);
	}

	@Test
	void aThreadThatGivesUpTakesNoPermitAlong() {
		assertThat(Interleavings.explore(ReleaseAgainstGivingUp.class, 4, CallLimiter.class)).isGreaterThan(20);
	}

	/** The first permit goes to one that has just given up. */
	@Test
	void aPermitThatSomebodyHasGivenUpGoesToTheNext() {
		assertThat(Interleavings.explore(EnlistingBehindGivingUp.class, 2, CallLimiter.class)).isGreaterThan(100);
	}

	private static final class Waiter extends CallLimiter.AsyncWaiter {

		private final CallLimiter limiter;

		private int granted;

		private int expired;

		private Waiter(CallLimiter limiter, long deadline) {
			super(deadline);
			this.limiter = limiter;
		}

		@Override
		public void granted() {
			this.granted++;
			this.limiter.release();
		}

		@Override
		public void expired() {
			this.expired++;
		}

	}

	static class ReleaseAgainstEnlisting implements Interleaving {

		private final CallLimiter limiter = new CallLimiter(0);

		private final long patience = System.nanoTime() + TimeUnit.HOURS.toNanos(1);

		private final Waiter waiter = new Waiter(this.limiter, this.patience);

		private boolean acquired;

		@Override
		public List<Runnable> actors() {
			return List.of(() -> this.limiter.enqueue(this.waiter), this::acquire, this.limiter::release);
		}

		private void acquire() {
			try {
				this.acquired = this.limiter.acquire(this.patience);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			this.limiter.release();
		}

		@Override
		public void check() {
			assertThat(this.waiter.granted).isEqualTo(1);
			assertThat(this.acquired).isTrue();
			assertThat(this.limiter.free()).isEqualTo(1);
			assertThat(this.limiter.hasWaiting()).isFalse();
		}

	}

	static class ReleaseAgainstExpiry implements Interleaving {

		private final CallLimiter limiter = new CallLimiter(0);

		private final Waiter late = new Waiter(this.limiter, System.nanoTime());

		@Override
		public List<Runnable> actors() {
			return List.of(() -> this.limiter.enqueue(this.late),
					() -> this.limiter.expire(this.late.deadlineNanos + 1), this.limiter::release);
		}

		@Override
		public void check() {
			this.limiter.expire(System.nanoTime() + TimeUnit.HOURS.toNanos(1));
			assertThat(this.late.granted + this.late.expired).isEqualTo(1);
			assertThat(this.limiter.free()).isEqualTo(1);
			assertThat(this.limiter.hasWaiting()).isFalse();
		}

	}

	static class EnlistingBehindGivingUp implements Interleaving {

		private final CallLimiter limiter = new CallLimiter(0);

		private final Waiter waiter = new Waiter(this.limiter, System.nanoTime() + TimeUnit.HOURS.toNanos(1));

		private boolean acquired;

		@Override
		public List<Runnable> actors() {
			return List.of(this::acquire, this.limiter::release, () -> this.limiter.enqueue(this.waiter));
		}

		private void acquire() {
			try {
				this.acquired = this.limiter.acquire(System.nanoTime() - 1);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			if (this.acquired) {
				this.limiter.release();
			}
		}

		@Override
		public void check() {
			assertThat(this.waiter.granted).isEqualTo(1);
			assertThat(this.limiter.free()).isEqualTo(1);
			assertThat(this.limiter.hasWaiting()).isFalse();
		}

	}

	static class ReleaseAgainstGivingUp implements Interleaving {

		private final CallLimiter limiter = new CallLimiter(0);

		private boolean acquired;

		@Override
		public List<Runnable> actors() {
			return List.of(this::acquire, this.limiter::release);
		}

		private void acquire() {
			try {
				this.acquired = this.limiter.acquire(System.nanoTime() - 1);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void check() {
			assertThat(this.limiter.free()).isEqualTo(this.acquired ? 0 : 1);
			assertThat(this.limiter.hasWaiting()).isFalse();
		}

	}

}
