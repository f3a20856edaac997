package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * A selector, the connections on it, and one thread at a time that owns both: it reads,
 * decodes and, through {@link #callOut}, runs application code in place. When that code
 * runs long, the {@link HandoverWatcher} gives the loop to a spare thread; the previous
 * owner learns of it when the code returns, and does not touch the loop any more.
 *
 * <p>
 * Everything except {@link #execute} and {@link #stop} is for the owner only. The state
 * of an iteration is kept in fields, so that a new owner continues where the old one was.
 */
public final class EventLoop implements Executor {

	static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

	private static final int READ_BUFFER_SIZE = 128 << 10;

	/** How long tasks may run in a row while other threads keep adding more. */
	private static final long TASKS_NANOS = 1_000_000;

	/** The time shared by the connections that have more to decode than time allows. */
	private static final long SLICES_NANOS = 1_000_000;

	/** The shortest slice, as a turn itself costs some microseconds. */
	private static final long SHORTEST_SLICE_NANOS = 50_000;

	/** The pause after a failure that would otherwise recur at once. */
	private static final long PAUSE_AFTER_FAILURE_NANOS = 10_000_000;

	private final LoopSelector selector;

	private final LoopTurn turn;

	private final BoundedExecutor handlerThreads;

	private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER_SIZE);

	private final LoopTimers timers = new LoopTimers();

	private final LoopMembers members;

	private final LoopPolling polling;

	private final LoopTermination termination;

	private volatile boolean stopping;

	/** The connection whose bytes are decoded next. */
	private @Nullable LoopChannel current;

	private ByteBuffer currentBytes = NO_BYTES;

	/**
	 * The number of connections that have left something to decode for their next turn.
	 */
	private int waitingForTurn;

	EventLoop(Selector selector, HandoverWatcher watcher, BoundedExecutor handlerThreads, ConnectionLimits limits) {
		this.selector = new LoopSelector(selector);
		this.turn = new LoopTurn(watcher, handlerThreads);
		this.handlerThreads = handlerThreads;
		this.members = new LoopMembers(this.timers, limits.clocks());
		this.polling = new LoopPolling(this.selector, new YieldPolicy(limits.busyPoll()));
		this.termination = new LoopTermination(this.selector, this.members);
	}

	/**
	 * Run a task on the loop's owner, soon; when the loop has ended, on the calling
	 * thread or another one that is doing the same.
	 * @param task the task; must not block
	 */
	@Override
	public void execute(Runnable task) {
		this.selector.execute(task);
		this.termination.taskAdded();
	}

	/**
	 * Close all connections and end.
	 */
	void stop() {
		this.stopping = true;
		execute(() -> {
		});
	}

	/** Return whether nothing may begin any more. By any thread. */
	boolean isStopping() {
		return this.stopping;
	}

	CountDownLatch termination() {
		return this.termination.latch();
	}

	int load() {
		return this.members.load();
	}

	/**
	 * Run application code on the loop.
	 * @param share the share that the thread counts towards if the code runs long
	 * @param listener told if it runs long
	 * @param code the code, which throws nothing
	 * @return whether the calling thread still owns the loop; if not, it must not touch
	 * the loop any more
	 */
	boolean callOut(ThreadShare share, HandoverListener listener, Runnable code) {
		return this.turn.callOut(share, listener, code);
	}

	/** As {@link BoundedExecutor#mayLend}. */
	boolean mayCallOut(ThreadShare share, boolean quick) {
		return this.handlerThreads.mayLend(share, quick);
	}

	/**
	 * Run a task after a delay. Call on the loop's owner, and keep the timer no longer
	 * than the subject of the task, which the timer keeps in memory.
	 * @param delayNanos the delay in nanoseconds
	 * @param task the task; must neither block nor read
	 * @return the timer, for {@link #cancel}
	 */
	public LoopTimer schedule(long delayNanos, Runnable task) {
		return this.timers.schedule(delayNanos, task);
	}

	/**
	 * Cancel a scheduled task. Call on the loop's owner.
	 * @param timer the timer from {@link #schedule}; may have run already
	 */
	public void cancel(LoopTimer timer) {
		this.timers.cancel(timer);
	}

	LoopTurn turn() {
		return this.turn;
	}

	/** Give an owner to a loop that has none. */
	void startOwner() {
		this.handlerThreads.delegate().execute(this::own);
	}

	/**
	 * Own the loop until it is handed over or ends.
	 */
	private void own() {
		boolean owner = true;
		boolean begins = true;
		this.selector.lookSoon();
		while (owner && !this.termination.hasEnded()) {
			try {
				owner = decodeCurrent(begins);
				begins = false;
				if (owner) {
					goOn();
				}
			}
			catch (IOException | RuntimeException | Error ex) {
				Failures.log("An event loop goes on after a failure", ex);
				LockSupport.parkNanos(this, PAUSE_AFTER_FAILURE_NANOS);
				if (!this.selector.isOpen()) {
					this.termination.end();
				}
			}
		}
		if (!owner) {
			// the thread that took the loop has counted this one as a handler thread
			this.handlerThreads.work();
		}
	}

	/**
	 * Decode what was read last, unless the calling thread has just become the owner:
	 * then the connection whose call ran long has had its turn.
	 * @return whether the calling thread still owns the loop
	 */
	private boolean decodeCurrent(boolean begins) {
		LoopChannel connection = this.current;
		if (connection == null) {
			return true;
		}
		try {
			// a new owner finds answers queued behind the call that ran long
			connection.flushCorked();
			if (!(begins && connection.endTurn(this.currentBytes)) && !connection.decode(this.currentBytes)) {
				return false;
			}
		}
		catch (RuntimeException | Error ex) {
			connection.fail(ex);
		}
		this.current = null;
		this.currentBytes = NO_BYTES;
		connection.decoded();
		this.polling.busy(connection);
		return true;
	}

	void decodeLater(LoopChannel connection, ByteBuffer bytes) {
		this.current = connection;
		this.currentBytes = bytes;
	}

	/**
	 * Return how long a connection's requests may be decoded and run in a row: the more
	 * connections wait for a turn, the shorter, so that those with little to decode do
	 * not wait for a whole slice of each.
	 */
	long sliceNanos() {
		return Math.max(SHORTEST_SLICE_NANOS, SLICES_NANOS / (1 + this.waitingForTurn));
	}

	/**
	 * Let a connection continue when the others have had their turn.
	 * @param turn continues with what the connection has left
	 */
	void awaitTurn(Runnable turn) {
		this.waitingForTurn++;
		execute(() -> {
			this.waitingForTurn--;
			turn.run();
		});
	}

	/**
	 * Find the next work. Keys, tasks, timers and the stop have their turns in any case:
	 * connections that always have something to read must not keep the others waiting.
	 */
	private void goOn() throws IOException {
		SelectionKey key = this.stopping ? null : this.selector.nextReady();
		if (key != null) {
			((LoopMember) key.attachment()).ready(key);
			return;
		}
		this.selector.turnBegins();
		runTasks();
		if (this.stopping) {
			// checked after the tasks, as stop() adds one after it has set the flag; what
			// is left to decode is dropped with its connection
			this.termination.end();
			return;
		}
		if (this.waitingForTurn > 0) {
			letOthersRun();
		}
		// a timer makes nothing ready to decode
		this.timers.run(System.nanoTime());
		if (this.current == null && !this.selector.hasReady() && !this.polling.poll()) {
			this.selector.select(this.timers.timeoutMillis());
		}
	}

	/**
	 * Give the processor away for a moment. A loop that some connections keep busy all
	 * the time would otherwise be taken off it only after some milliseconds, for which
	 * the threads of the other peers and of the other loops have to wait.
	 */
	@SuppressWarnings("ThreadPriorityCheck")
	private static void letOthersRun() {
		Thread.yield();
	}

	private void runTasks() {
		long begun = 0;
		// a task may make bytes ready to decode, and there is room for one batch only
		while (this.current == null) {
			Runnable task = this.selector.nextTask();
			if (task == null) {
				return;
			}
			task.run();
			if (this.selector.hasTasks()) {
				long now = System.nanoTime();
				begun = (begun != 0) ? begun : now;
				if (now - begun > TASKS_NANOS) {
					return;
				}
			}
		}
	}

	Selector selector() {
		return this.selector.selector();
	}

	ByteBuffer readBuffer() {
		return this.readBuffer;
	}

	LoopTimers timers() {
		return this.timers;
	}

	LoopMembers members() {
		return this.members;
	}

}
