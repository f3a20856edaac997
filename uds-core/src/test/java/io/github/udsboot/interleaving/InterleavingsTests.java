package io.github.udsboot.interleaving;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the harness must find, and what it must not take for an error.
 */
class InterleavingsTests {

	private static final long HOUR = TimeUnit.HOURS.toNanos(1);

	@Test
	void findsAWaiterThatIsSignalledBeforeItWaits() {
		finds("sleeps for good", LookOutsideTheLock.class);
		assertThat(Interleavings.explore(LookInsideTheLock.class, 3)).isGreaterThan(3);
	}

	@Test
	void findsASignalThatReachesOneOfTwo() {
		finds("sleeps for good", OneSignalForTwo.class);
	}

	@Test
	void findsAnUnparkThatComesBeforeTheLookAndNotAfterIt() {
		finds("sleeps for good", LookThenPark.class);
		assertThat(Interleavings.explore(ParkInALoop.class, 3)).isGreaterThan(3);
	}

	@Test
	void aTimedWaitDoesNotEndUnlessTheClockIsAdvancedSoFar() {
		finds("sleeps for good", TimedWaitThatIsTooLong.class);
		assertThat(Interleavings.explore(TimedWaits.class, 2)).isGreaterThan(10);
	}

	@Test
	void theTimeMayBeOverAtAnyStep() {
		finds("two outcomes", DeadlineAgainstAnswer.class);
	}

	@Test
	void findsTwoThreadsThatWaitForEachOthersMonitors() {
		finds("sleeps for good", TwoMonitors.class);
	}

	@Test
	void findsAThreadThatNobodyEnds() {
		finds("Nobody ends the thread forgotten", ForgottenThread.class);
		assertThat(Interleavings.explore(EndedThread.class, 2)).isPositive();
	}

	@Test
	void findsWhatOthersSeeWhileALockIsHeldIfItIsToldTo() {
		finds("half", HalfUnderALock.class);
	}

	private static void finds(String error, Class<? extends Interleaving> scenario) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> Interleavings.explore(scenario, 2))
			.satisfies((ex) -> assertThat(ex.getCause()).hasMessageContaining(error));
	}

	static class LookInsideTheLock implements Interleaving {

		final ReentrantLock lock = new ReentrantLock();

		final Condition changed = this.lock.newCondition();

		boolean ready;

		@Override
		public List<Runnable> actors() {
			return List.of(this::await, this::signal);
		}

		void await() {
			this.lock.lock();
			try {
				while (!this.ready) {
					this.changed.await();
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			finally {
				this.lock.unlock();
			}
		}

		final void signal() {
			this.lock.lock();
			this.ready = true;
			this.changed.signalAll();
			this.lock.unlock();
		}

		@Override
		public void check() {
			assertThat(this.ready).isTrue();
			assertThat(this.lock.isLocked()).isFalse();
		}

	}

	static class LookOutsideTheLock extends LookInsideTheLock {

		@Override
		void await() {
			if (this.ready) {
				return;
			}
			this.lock.lock();
			try {
				this.changed.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			finally {
				this.lock.unlock();
			}
		}

	}

	static class OneSignalForTwo extends LookInsideTheLock {

		@Override
		public List<Runnable> actors() {
			return List.of(this::await, this::await, () -> {
				this.lock.lock();
				this.ready = true;
				this.changed.signal();
				this.lock.unlock();
			});
		}

	}

	static class ParkInALoop implements Interleaving {

		boolean ready;

		Thread sleeper;

		@Override
		public List<Runnable> actors() {
			return List.of(this::sleep, () -> {
				this.ready = true;
				LockSupport.unpark(this.sleeper);
			});
		}

		void sleep() {
			this.sleeper = Thread.currentThread();
			while (!this.ready) {
				LockSupport.parkNanos(this, HOUR);
			}
		}

		@Override
		public void check() {
			assertThat(this.ready).isTrue();
		}

	}

	/** The one to be woken is not known before the look. */
	static class LookThenPark extends ParkInALoop {

		@Override
		void sleep() {
			if (!this.ready) {
				this.sleeper = Thread.currentThread();
				LockSupport.parkNanos(this, HOUR);
			}
		}

	}

	static class TimedWaits implements Interleaving {

		private final ReentrantLock lock = new ReentrantLock();

		private final Condition never = this.lock.newCondition();

		private final CountDownLatch latch = new CountDownLatch(1);

		private final long begun = System.nanoTime();

		private int over;

		@Override
		public List<Runnable> actors() {
			return List.of(this::await, this::park, () -> Steps.advanceClock(advance()), this::count);
		}

		Duration advance() {
			return Duration.ofHours(1);
		}

		private void await() {
			this.lock.lock();
			try {
				long left = left();
				while (left > 0) {
					left = this.never.awaitNanos(left);
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			finally {
				this.lock.unlock();
			}
			over();
		}

		private void park() {
			while (left() > 0) {
				LockSupport.parkNanos(this, left());
			}
			over();
		}

		private long left() {
			return HOUR - (System.nanoTime() - this.begun);
		}

		private void count() {
			try {
				assertThat(this.latch.await(left(), TimeUnit.NANOSECONDS)).isFalse();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			over();
		}

		private synchronized void over() {
			assertThat(System.nanoTime() - this.begun).isEqualTo(HOUR);
			this.over++;
		}

		@Override
		public void check() {
			assertThat(this.over).isEqualTo(3);
		}

	}

	static class TimedWaitThatIsTooLong extends TimedWaits {

		@Override
		Duration advance() {
			return Duration.ofMinutes(59);
		}

	}

	static class DeadlineAgainstAnswer implements Interleaving {

		private final long deadline = System.nanoTime() + HOUR;

		private int outcomes;

		@Override
		public List<Runnable> actors() {
			return List.of(this::answer, this::expire, () -> Steps.advanceClock(Duration.ofHours(1)));
		}

		/** It looks, but what it has seen may be so no more. */
		private void answer() {
			if (System.nanoTime() - this.deadline < 0) {
				this.outcomes++;
			}
		}

		private void expire() {
			if (System.nanoTime() - this.deadline >= 0) {
				this.outcomes++;
			}
		}

		@Override
		public void check() {
			assertThat(this.outcomes).as("two outcomes").isLessThanOrEqualTo(1);
		}

	}

	static class TwoMonitors implements Interleaving {

		private final Object one = new Object();

		private final Object other = new Object();

		private int taken;

		@Override
		public boolean hasStepsInsideLocks() {
			return true;
		}

		@Override
		public List<Runnable> actors() {
			return List.of(() -> take(this.one, this.other), () -> take(this.other, this.one));
		}

		private void take(Object first, Object second) {
			synchronized (first) {
				synchronized (second) {
					this.taken++;
				}
			}
		}

		@Override
		public void check() {
			assertThat(this.taken).isEqualTo(2);
		}

	}

	static class EndedThread implements Interleaving {

		private final CountDownLatch end = new CountDownLatch(1);

		@Override
		public List<Runnable> actors() {
			return List.of(() -> new Thread(this::run, "forgotten").start());
		}

		private void run() {
			try {
				this.end.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void check() {
			end();
		}

		void end() {
			this.end.countDown();
		}

	}

	static class ForgottenThread extends EndedThread {

		@Override
		void end() {
			// it waits on
		}

	}

	static class HalfUnderALock implements Interleaving {

		private boolean one;

		private boolean other;

		private boolean half;

		@Override
		public boolean hasStepsInsideLocks() {
			return true;
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::change, () -> this.half = this.one && !this.other);
		}

		private synchronized void change() {
			this.one = true;
			this.other = true;
		}

		@Override
		public void check() {
			assertThat(this.half).as("half is seen").isFalse();
		}

	}

}
