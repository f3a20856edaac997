package io.github.udsboot.client.shared;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.guard.Nanos;

/**
 * The I/O thread of a client: reads for connections that no caller leads, writes what the
 * kernel would not take at once, and enforces the deadlines of calls that no thread waits
 * for. A daemon platform thread, started with the first connection; sleeps without a
 * timeout when nothing goes on.
 *
 * <p>
 * One class, though a long one, because other threads wake it in many ways, and each has
 * its own order with the flags that say that it sleeps.
 */
public final class IoThread implements Runnable {

	private static final Log logger = GuardedLog.of(IoThread.class);

	private static final long TICK_MILLIS = 10;

	/**
	 * A longer gap between two ticks is a pause of the process, in which no clock ran.
	 */
	private static final long MAX_TICK_NANOS = 100_000_000;

	/** The number of ticks with nothing to do after which the clock stops. */
	private static final int QUIET_TICKS = 50;

	private static final int READS_AT_ONCE = 16;

	private static final long READING_NANOS = 1_000_000_000;

	private final Selector selector;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	/** Belongs to the I/O thread. */
	private final List<WatchedConnection> watches = new ArrayList<>();

	private final AtomicInteger asyncCalls = new AtomicInteger();

	private final Clock clock;

	private final boolean watchIdle;

	private final long frameTimeout;

	private final long stallTimeout;

	private final Thread thread;

	private volatile boolean sleeping;

	private volatile boolean clockStopped;

	private volatile boolean stopping;

	/** Written by the I/O thread. */
	private volatile long ticks;

	private int quietTicks;

	private long lastTick = System.nanoTime();

	IoThread(SharedSettings settings, String name, Clock clock) throws IOException {
		this.selector = settings.connect().transport().openSelector();
		this.clock = clock;
		this.watchIdle = settings.watchIdle();
		this.frameTimeout = limit(settings.limits().frameTimeout());
		this.stallTimeout = limit(settings.limits().stallTimeout());
		this.thread = new Thread(this, name);
		this.thread.setDaemon(true);
	}

	private static long limit(Duration timeout) {
		long nanos = Nanos.of(timeout);
		return (nanos > 0) ? nanos : Nanos.MAX;
	}

	void start() {
		boolean started = false;
		try {
			this.thread.start();
			started = true;
		}
		finally {
			if (!started) {
				closeSelector();
			}
		}
	}

	/** End the thread; the connections must be closed already. */
	void stop() {
		this.stopping = true;
		wakeup();
	}

	/** Wake the selector. A failure to do so must not harm the caller. */
	private void wakeup() {
		try {
			this.selector.wakeup();
		}
		catch (RuntimeException | Error ex) {
			LostFailures.log("A client's I/O thread could not be woken", ex);
		}
	}

	/** Run a task on the I/O thread soon. */
	void execute(Runnable task) {
		this.tasks.add(task);
		if (this.sleeping && Thread.currentThread() != this.thread) {
			wakeup();
		}
	}

	// --- by any thread

	/** Begin to watch a connection that is not in use yet. */
	void add(SharedConnection connection) {
		execute(() -> {
			try {
				WatchedConnection watch = new WatchedConnection(connection, this.frameTimeout, this.stallTimeout);
				this.watches.add(watch);
				SelectionKey key = connection.socket().register(this.selector, 0, watch);
				watch.registered(key);
				connection.watch(key);
			}
			catch (IOException | RuntimeException | Error ex) {
				connection.close("The connection cannot be watched: " + ex.getMessage(), ex);
			}
		});
	}

	void forget(SharedConnection connection) {
		execute(() -> this.watches.removeIf((watch) -> {
			if (watch.connection() != connection) {
				return false;
			}
			watch.cancelKey();
			return true;
		}));
	}

	/**
	 * Read for a connection until a caller leads it: first the flag, then the interest.
	 */
	void arm(SharedConnection connection) {
		if (!connection.armed().get() && connection.armed().compareAndSet(false, true)) {
			execute(() -> addInterest(connection, SelectionKey.OP_READ));
		}
	}

	void awaitWritable(SharedConnection connection) {
		execute(() -> {
			addInterest(connection, SelectionKey.OP_WRITE);
			this.quietTicks = 0;
		});
	}

	/** Answer a PING soon, no more often than the server reads the answers. */
	void answerSoon(SharedConnection connection) {
		execute(() -> {
			connection.answerPing();
			this.quietTicks = 0;
		});
	}

	/**
	 * Note that an incomplete frame has begun. First the frame is recorded, then this is
	 * called: stopping the clock uses the reverse order.
	 */
	void frameBegan() {
		if (this.clockStopped) {
			wakeup();
		}
	}

	/**
	 * Close a connection that cannot be written to once the reading thread has left it or
	 * has reached its end, so that what has arrived is not lost. A peer that only ended
	 * its input may be silent forever, so it has one second.
	 */
	void closeSoon(SharedConnection connection, Throwable cause) {
		execute(() -> {
			WatchedConnection watch = watchOf(connection);
			if (watch != null) {
				watch.writingFailed(cause, System.nanoTime() + READING_NANOS);
				this.clockStopped = false;
				this.quietTicks = 0;
			}
		});
	}

	/** Note that a call that no thread waits for has begun. */
	void asyncBegan() {
		this.asyncCalls.incrementAndGet();
		startClock();
	}

	void asyncEnded() {
		this.asyncCalls.decrementAndGet();
	}

	/** Note that {@link Clock#isNeeded()} has become true. */
	void startClock() {
		if (this.clockStopped) {
			wakeup();
		}
	}

	/** Return whether the thread sleeps until it is woken. */
	public boolean isAsleep() {
		return this.sleeping && this.clockStopped && !needsClock();
	}

	/** For tests. */
	public int asyncCalls() {
		return this.asyncCalls.get();
	}

	/** For tests. */
	public long ticks() {
		return this.ticks;
	}

	/** For tests. */
	public Thread thread() {
		return this.thread;
	}

	private boolean needsClock() {
		return this.asyncCalls.get() > 0 || this.clock.isNeeded() || this.clock.isOwed();
	}

	/**
	 * Return whether a frame is under way, whichever thread reads it. On the I/O thread.
	 */
	private boolean isFrameUnderWay() {
		for (WatchedConnection watch : this.watches) {
			if (watch.connection().unfinishedFrame() != 0) {
				return true;
			}
		}
		return false;
	}

	// --- the I/O thread

	@Override
	public void run() {
		while (!this.stopping || this.clock.isOwed()) {
			try {
				runTasks();
				select();
				if (System.nanoTime() - this.lastTick >= TICK_MILLIS * 1_000_000) {
					tick();
				}
			}
			catch (IOException | RuntimeException | Error ex) {
				if (!this.stopping || this.clock.isOwed()) {
					LostFailures.log("A client's I/O thread goes on after a failure", ex);
					// a thread that cannot sleep must not occupy a processor
					LockSupport.parkNanos(this, TICK_MILLIS * 1_000_000);
				}
			}
		}
		// a connection that is still to be forgotten must not keep the thread
		runTasks();
		closeSelector();
	}

	private void closeSelector() {
		try {
			this.selector.close();
		}
		catch (IOException | RuntimeException | Error ex) {
			logger.debug("A selector could not be closed", ex);
		}
	}

	private void runTasks() {
		Runnable task = this.tasks.poll();
		while (task != null) {
			run("A task of a client's I/O thread failed", task);
			task = this.tasks.poll();
		}
	}

	/**
	 * Run one step on its own: what it throws must not keep the others from their turn.
	 */
	private static void run(String failed, Runnable step) {
		try {
			step.run();
		}
		catch (RuntimeException | Error ex) {
			LostFailures.log(failed, ex);
		}
	}

	private void select() throws IOException {
		// first the flags, then the check: execute() and startClock() are called in the
		// reverse order
		this.clockStopped = this.quietTicks > QUIET_TICKS;
		this.sleeping = true;
		try {
			if (!this.tasks.isEmpty()) {
				this.selector.selectNow();
			}
			else if (this.clockStopped && !needsClock() && !isFrameUnderWay()) {
				this.selector.select();
			}
			else {
				this.selector.select(TICK_MILLIS);
			}
		}
		finally {
			this.sleeping = false;
		}
		Thread.interrupted();
		for (SelectionKey key : this.selector.selectedKeys()) {
			SharedConnection connection = ((WatchedConnection) key.attachment()).connection();
			try {
				ready(connection, key);
			}
			catch (RuntimeException | Error ex) {
				watchingFailed(connection, ex);
			}
		}
		this.selector.selectedKeys().clear();
	}

	/** Close a connection that cannot be watched: its calls would wait forever. */
	private static void watchingFailed(SharedConnection connection, Throwable cause) {
		connection.close("Watching failed: " + cause.getMessage(), cause);
	}

	private void ready(SharedConnection connection, SelectionKey key) {
		int operations = readyOps(key);
		if (operations < 0) {
			// a transport may cancel the key at a hang-up although bytes are left; if a
			// caller leads now, the next tick checks again
			connection.role().readUnlessLed(Integer.MAX_VALUE);
			return;
		}
		if ((operations & SelectionKey.OP_WRITE) != 0) {
			// clear the interest, then write: in the reverse order it could get lost
			removeInterest(key, SelectionKey.OP_WRITE);
			connection.resumeFlush();
		}
		if ((operations & SelectionKey.OP_READ) != 0) {
			this.quietTicks = 0;
			if (!connection.role().readUnlessLed(READS_AT_ONCE)) {
				disarm(connection, key);
			}
		}
	}

	/**
	 * Stop watching a connection that a caller leads; watching it, too, would only spin.
	 */
	private void disarm(SharedConnection connection, SelectionKey key) {
		// the interest, then the flag, then the role again: it may have become free
		// meanwhile
		removeInterest(key, SelectionKey.OP_READ);
		connection.armed().set(false);
		if (!connection.role().isLed() && connection.pendingCalls() > 0) {
			arm(connection);
		}
	}

	// any thread may close a connection, and thereby cancel its key, at any moment

	private static int readyOps(SelectionKey key) {
		try {
			return key.readyOps();
		}
		catch (CancelledKeyException ex) {
			return -1;
		}
	}

	private static void addInterest(SharedConnection connection, int operation) {
		SelectionKey key = connection.watchKey();
		if (key == null) {
			return;
		}
		try {
			key.interestOpsOr(operation);
		}
		catch (CancelledKeyException ex) {
			logger.trace("The connection was closed meanwhile", ex);
		}
		catch (RuntimeException | Error ex) {
			watchingFailed(connection, ex);
		}
	}

	private static void removeInterest(SelectionKey key, int operation) {
		try {
			key.interestOpsAnd(~operation);
		}
		catch (CancelledKeyException ex) {
			logger.trace("The connection was closed meanwhile", ex);
		}
	}

	private @Nullable WatchedConnection watchOf(SharedConnection connection) {
		for (WatchedConnection watch : this.watches) {
			if (watch.connection() == connection) {
				return watch;
			}
		}
		return null;
	}

	private void tick() {
		long now = System.nanoTime();
		long passed = Math.min(now - this.lastTick, MAX_TICK_NANOS);
		this.lastTick = now;
		long ticks = this.ticks;
		this.ticks = ticks + 1;
		run("The clock of a client failed", () -> this.clock.tick(now));
		boolean busy = needsClock();
		for (WatchedConnection watch : List.copyOf(this.watches)) {
			try {
				busy |= watch.look(now);
				busy |= watchIdle(watch);
				busy |= watch.checkClocks(passed);
			}
			catch (RuntimeException | Error ex) {
				watchingFailed(watch.connection(), ex);
			}
		}
		this.quietTicks = busy ? 0 : this.quietTicks + 1;
	}

	/**
	 * Watch a connection for the end of its input if no caller has led for a while.
	 * @return whether there is something to check in the next tick
	 */
	private boolean watchIdle(WatchedConnection watch) {
		if (!this.watchIdle || watch.connection().armed().get()) {
			return false;
		}
		if (watch.isUnread()) {
			arm(watch.connection());
		}
		return true;
	}

	/** Further work for about every 10 ms while something goes on. */
	interface Clock {

		/** Return whether the clock must run; may be called by any thread. */
		boolean isNeeded();

		/** Return whether the clock must run although the client was closed. */
		boolean isOwed();

		void tick(long now);

	}

}
