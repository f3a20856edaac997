package io.github.udsboot.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.guard.Nanos;
import io.github.udsboot.transport.BindFailedException.Reason;

/**
 * Binds, and retries up to a timeout while another server has the address.
 * <p>
 * It polls because no system call waits for a release in the required way: one that
 * blocks on the lock does not notice that the lock's file was replaced, fails at once if
 * the holder is in the same JVM, and can be ended early only by closing the file. An
 * attempt costs a few system calls. An attempt that might have to connect to a live
 * socket is not made until another file is there, the kernel says that no process uses it
 * any longer, or the time is up.
 */
public final class ReleaseWait {

	private static final Log logger = GuardedLog.of(ReleaseWait.class);

	private static final long INTERVAL_MILLIS = 50;

	private static final Lock lock = new ReentrantLock();

	private static final Condition released = lock.newCondition();

	/** How often this JVM has released an address; guarded by the lock. */
	private static long releases;

	private final UdsAddress address;

	private final Duration limit;

	private final long begin = System.nanoTime();

	private ReleaseWait(UdsAddress address, Duration limit) {
		this.address = address;
		this.limit = limit;
	}

	/**
	 * Bind.
	 * @param <T> the type of the bound object
	 * @param address the address
	 * @param options the options with the time to wait; an interrupt ends the wait
	 * @param attempt makes one attempt
	 * @return the bound object
	 * @throws BindFailedException the exception of the last attempt; after a wait its
	 * message also contains the time
	 */
	public static <T> T bind(UdsAddress address, BindOptions options, Attempt<T> attempt) throws BindFailedException {
		try {
			return attempt.bind();
		}
		catch (BindFailedException ex) {
			if (options.waitForRelease().isZero() || !isTaken(ex)) {
				throw ex;
			}
			return new ReleaseWait(address, options.waitForRelease()).bind(attempt, ex);
		}
	}

	private static boolean isTaken(BindFailedException failure) {
		return failure.reason() == Reason.LIVE_SERVER || failure.reason() == Reason.SAME_JVM;
	}

	/** Note that this JVM has released an address. */
	static void released() {
		lock.lock();
		try {
			releases++;
			released.signalAll();
		}
		finally {
			lock.unlock();
		}
	}

	private <T> T bind(Attempt<T> attempt, BindFailedException first) throws BindFailedException {
		logger.info("The socket '" + this.address + "' is taken; waiting up to " + text(this.limit)
				+ " for its release. " + first.getMessage());
		BindFailedException failure = first;
		while (true) {
			boolean last = !sleep(failure);
			if (last || mayBeFree(failure)) {
				try {
					T bound = attempt.bind();
					logger.info("The socket '" + this.address + "' was released after "
							+ text(Duration.ofNanos(System.nanoTime() - this.begin)));
					return bound;
				}
				catch (BindFailedException ex) {
					failure = ex;
				}
			}
			if (last || !isTaken(failure)) {
				throw gaveUp(failure, "");
			}
		}
	}

	/**
	 * Sleep for an interval, or until an address is released in this JVM.
	 * @return whether there is time left
	 */
	private boolean sleep(BindFailedException failure) throws BindFailedException {
		long left = Math.min(Nanos.of(this.limit) - (System.nanoTime() - this.begin),
				TimeUnit.MILLISECONDS.toNanos(INTERVAL_MILLIS));
		lock.lock();
		try {
			long seen = releases;
			while (left > 0 && releases == seen) {
				left = released.awaitNanos(left);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw gaveUp(failure, ", and was interrupted");
		}
		finally {
			lock.unlock();
		}
		return Nanos.of(this.limit) - (System.nanoTime() - this.begin) > 0;
	}

	private BindFailedException gaveUp(BindFailedException failure, String how) {
		BindFailedException ex = new BindFailedException(
				failure.reason(), this.address, failure.getMessage() + "; waited "
						+ text(Duration.ofNanos(System.nanoTime() - this.begin)) + " for its release" + how,
				failure.remedy(), failure);
		return ex;
	}

	private boolean mayBeFree(BindFailedException failure) {
		try {
			if (this.address.isAbstract()) {
				// An attempt to bind the name would connect to its server
				return !AbstractNames.isListening(this.address);
			}
			return !(failure instanceof LiveSocketException live)
					|| !live.socket().isSameFile(FileIdentity.of(this.address.path()))
					|| SocketProbe.isCertainlyStale(this.address.path());
		}
		catch (IOException ex) {
			logger.debug("Whether '" + this.address + "' is free cannot be told without an attempt", ex);
			return true;
		}
	}

	private static String text(Duration duration) {
		return (duration.toSeconds() >= 10) ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
	}

	/**
	 * One attempt to bind.
	 *
	 * @param <T> the type of the bound object
	 */
	@FunctionalInterface
	public interface Attempt<T> {

		T bind() throws BindFailedException;

	}

}
