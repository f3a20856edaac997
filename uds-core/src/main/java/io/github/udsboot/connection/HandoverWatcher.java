package io.github.udsboot.connection;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Notices event loops that are held up in application code and has them handed over.
 * Checks every 10 ms, and every 4 ms for a while after a handover, because quick ticks
 * cost the fast case a part of its rate; sleeps when nothing runs. With less than 4 ms, a
 * thread that waits for a processor would look like one that is held up.
 */
final class HandoverWatcher implements Runnable {

	private static final long TICK_NANOS = 10_000_000;

	private static final long QUICK_TICK_NANOS = 4_000_000;

	private static final long QUICK_FOR_NANOS = 1_000_000_000;

	/** The number of ticks with nothing running after which to sleep until notified. */
	private static final int QUIET_TICKS = 100;

	private volatile List<EventLoop> loops = List.of();

	private volatile boolean asleep;

	private volatile boolean stopping;

	private volatile @Nullable Thread thread;

	private final LongAdder handovers = new LongAdder();

	/** Loops without an owner, until a thread takes them over. */
	private final Queue<EventLoop> orphans = new ArrayDeque<>();

	private boolean startFailed;

	void start(List<EventLoop> loops) {
		this.loops = List.copyOf(loops);
		Thread thread = new Thread(this, "uds-handover-watcher");
		thread.setDaemon(true);
		this.thread = thread;
		thread.start();
	}

	void stop() {
		this.stopping = true;
		LockSupport.unpark(this.thread);
	}

	/**
	 * Notice that application code begins on a loop. Called each time, so it must cost
	 * nothing.
	 */
	void notice() {
		if (this.asleep) {
			this.asleep = false;
			LockSupport.unpark(this.thread);
		}
	}

	long handovers() {
		return this.handovers.sum();
	}

	@Override
	public void run() {
		long[] seen = new long[this.loops.size()];
		long quickUntil = System.nanoTime();
		int quiet = 0;
		while (!this.stopping) {
			boolean changed = false;
			for (int i = 0; i < seen.length; i++) {
				EventLoop loop = this.loops.get(i);
				long turn = loop.turn().value();
				if (turn == seen[i] && LoopTurn.isRunning(turn) && loop.turn().take(turn)) {
					this.orphans.add(loop);
					this.handovers.increment();
					quickUntil = System.nanoTime() + QUICK_FOR_NANOS;
				}
				changed |= turn != seen[i] || LoopTurn.isRunning(turn);
				seen[i] = turn;
			}
			startOwners();
			quiet = (changed || !this.orphans.isEmpty()) ? 0 : quiet + 1;
			if (quiet > QUIET_TICKS) {
				quiet = 0;
				sleep();
			}
			else {
				LockSupport.parkNanos(this, (quickUntil - System.nanoTime() > 0) ? QUICK_TICK_NANOS : TICK_NANOS);
			}
		}
	}

	/**
	 * Start owners for loops without one; if no thread is available, retry with the next
	 * tick.
	 */
	private void startOwners() {
		try {
			while (!this.orphans.isEmpty()) {
				this.orphans.element().startOwner();
				this.orphans.remove();
				this.startFailed = false;
			}
		}
		catch (RuntimeException | Error ex) {
			if (!this.startFailed && !this.stopping) {
				Failures.log("No thread can be started to take an event loop over; trying again", ex);
			}
			this.startFailed = true;
		}
	}

	private void sleep() {
		// first the flag, then the check: notice() comes after the turn has begun
		this.asleep = true;
		boolean running = this.loops.stream().anyMatch((loop) -> LoopTurn.isRunning(loop.turn().value()));
		while (!running && this.asleep && !this.stopping) {
			LockSupport.park(this);
		}
		this.asleep = false;
	}

}
