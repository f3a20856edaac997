package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A selector, the connections on it, and one thread at a time that owns both: it reads,
 * decodes and, through {@link #callOut}, runs application code right there. When that
 * code lasts, the {@link HandoverWatcher} gives the loop to a spare thread; the first one
 * learns of it when the code returns and touches nothing of the loop any more.
 *
 * <p>
 * Everything but {@link #execute} and {@link #stop} is for the owner only. The state of
 * an iteration stands in fields, so that a new owner goes on where the old one was.
 */
public final class EventLoop implements Executor {

	static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

	private static final Log logger = LogFactory.getLog(EventLoop.class);

	private static final int READ_BUFFER_SIZE = 128 << 10;

	/** While polling one connection, look at the others every so many hits. */
	private static final int HITS_BETWEEN_SELECTS = 32;

	private final Selector selector;

	private final HandoverWatcher watcher;

	private final BoundedExecutor handlerThreads;

	private final long sweepNanos;

	private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER_SIZE);

	/** Odd while application code runs; increased at its begin and at its end. */
	private final AtomicLong turn = new AtomicLong();

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final CountDownLatch terminated = new CountDownLatch(1);

	private volatile boolean sleeping;

	private volatile boolean stopping;

	private final AtomicInteger load = new AtomicInteger();

	private final Set<LoopMember> members = new LinkedHashSet<>();

	private final PriorityQueue<Timer> timers = new PriorityQueue<>();

	private final ArrayDeque<SelectionKey> ready = new ArrayDeque<>();

	private @Nullable LoopConnection current;

	private ByteBuffer currentBytes = NO_BYTES;

	private @Nullable LoopConnection hot;

	private int hits;

	private boolean clocksRun;

	EventLoop(Selector selector, HandoverWatcher watcher, BoundedExecutor handlerThreads, ConnectionClocks clocks) {
		this.selector = selector;
		this.watcher = watcher;
		this.handlerThreads = handlerThreads;
		this.sweepNanos = clocks.sweepNanos();
	}

	/**
	 * Run a task on the loop's owner, soon.
	 * @param task the task; must not block
	 */
	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		if (this.sleeping) {
			this.selector.wakeup();
		}
	}

	/**
	 * Close all connections and end.
	 */
	void stop() {
		this.stopping = true;
		execute(() -> {
		});
	}

	CountDownLatch termination() {
		return this.terminated;
	}

	/**
	 * Return how many connections live on the loop.
	 * @return the number, for information
	 */
	public int load() {
		return this.load.get();
	}

	/**
	 * Run application code on the loop.
	 * @param code the code, which throws nothing
	 * @return whether the calling thread still owns the loop; if not, it must touch
	 * nothing of it any more
	 */
	public boolean callOut(Runnable code) {
		long turn = this.turn.get();
		this.turn.set(turn + 1);
		this.watcher.notice();
		try {
			code.run();
		}
		finally {
			// an interrupt meant for the application must not reach the selector
			Thread.interrupted();
		}
		if (this.turn.compareAndSet(turn + 1, turn + 2)) {
			return true;
		}
		this.handlerThreads.release();
		return false;
	}

	/**
	 * Return whether application code may run on the loop: there is a thread to take the
	 * loop over if it lasts.
	 * @return {@code false} if all handler threads are taken
	 */
	public boolean mayCallOut() {
		return this.handlerThreads.hasCapacity();
	}

	long turn() {
		return this.turn.get();
	}

	/**
	 * Take the loop from an owner that is held up in application code.
	 * @param observed the turn that lasts
	 * @return whether the loop has no owner now and needs {@link #startOwner()}
	 */
	boolean takeFromOwner(long observed) {
		this.handlerThreads.acquireUnchecked();
		if (!this.turn.compareAndSet(observed, observed + 1)) {
			this.handlerThreads.release();
			return false;
		}
		return true;
	}

	/** Give an owner to a loop that has none. */
	void startOwner() {
		this.handlerThreads.delegate().execute(this::own);
	}

	/**
	 * Own the loop until it is handed over or stops.
	 */
	void own() {
		// answers may be queued behind the call that lasted
		flushCurrent();
		while (true) {
			try {
				if (!decodeCurrent()) {
					return;
				}
				SelectionKey key = this.ready.poll();
				if (key != null) {
					((LoopMember) key.attachment()).ready(key);
					continue;
				}
				runTasks();
				if (this.current != null) {
					continue;
				}
				if (this.stopping) {
					terminate();
					return;
				}
				runTimers();
				if (this.current == null && !poll()) {
					select();
				}
			}
			catch (IOException | RuntimeException | Error ex) {
				logger.error("An event loop goes on after a failure", ex);
				if (!this.selector.isOpen()) {
					terminate();
					return;
				}
			}
		}
	}

	private boolean decodeCurrent() {
		LoopConnection connection = this.current;
		if (connection == null) {
			return true;
		}
		try {
			if (!connection.decode(this.currentBytes)) {
				return false;
			}
		}
		catch (RuntimeException | Error ex) {
			this.current = null;
			logger.error("A connection from " + connection.peer() + " is closed after a failure", ex);
			connection.close(CloseReason.IO_ERROR, ex);
			return true;
		}
		this.current = null;
		this.currentBytes = NO_BYTES;
		connection.flushCorked();
		this.hot = connection.isClosed() ? null : connection;
		return true;
	}

	private void flushCurrent() {
		LoopConnection connection = this.current;
		if (connection != null) {
			connection.flushCorked();
		}
	}

	void decodeLater(LoopConnection connection, ByteBuffer bytes) {
		this.current = connection;
		this.currentBytes = bytes;
	}

	private void runTasks() {
		// a task may make bytes ready to decode, and there is room for one lot only
		while (this.current == null) {
			Runnable task = this.tasks.poll();
			if (task == null) {
				return;
			}
			task.run();
		}
	}

	/** Wait a little for the connection that was busy last, without sleeping. */
	@SuppressWarnings("ThreadPriorityCheck") // the yield keeps one processor usable by
												// the peer
	private boolean poll() throws IOException {
		LoopConnection connection = this.hot;
		if (connection == null || connection.isClosed()) {
			this.hot = null;
			return false;
		}
		long budget = connection.busyPoll().budgetNanos(connection.underWay());
		if (budget == 0) {
			return false;
		}
		long deadline = System.nanoTime() + budget;
		do {
			if (connection.receive()) {
				connection.busyPoll().hit();
				if (++this.hits % HITS_BETWEEN_SELECTS == 0) {
					this.selector.selectNow();
					collect();
				}
				return true;
			}
			if (!this.tasks.isEmpty()) {
				return true;
			}
			Thread.yield();
		}
		while (System.nanoTime() < deadline);
		connection.busyPoll().miss();
		return false;
	}

	private void select() throws IOException {
		long timeout = timeoutMillis();
		// first the flag, then the look at the tasks: execute() does it the other way
		// round
		this.sleeping = true;
		try {
			if (!this.tasks.isEmpty()) {
				this.selector.selectNow();
			}
			else if (timeout < 0) {
				this.selector.select();
			}
			else if (timeout == 0) {
				this.selector.selectNow();
			}
			else {
				this.selector.select(timeout);
			}
		}
		finally {
			this.sleeping = false;
		}
		// a select that was interrupted returns at once, and would for ever
		Thread.interrupted();
		collect();
	}

	private void collect() {
		Set<SelectionKey> selected = this.selector.selectedKeys();
		if (!selected.isEmpty()) {
			this.ready.addAll(selected);
			selected.clear();
		}
	}

	// --- time

	/**
	 * Run a task on the owner after a while.
	 * @param delayNanos the delay in nanoseconds
	 * @param task the task; must not block
	 */
	void schedule(long delayNanos, Runnable task) {
		this.timers.add(new Timer(System.nanoTime() + delayNanos, task));
	}

	/** See to it that the clocks of the connections are looked at. */
	void startClocks() {
		if (!this.clocksRun) {
			this.clocksRun = true;
			schedule(this.sweepNanos, this::sweep);
		}
	}

	private void sweep() {
		this.clocksRun = false;
		long now = System.nanoTime();
		boolean running = false;
		for (LoopMember member : List.copyOf(this.members)) {
			if (member instanceof LoopConnection connection) {
				running |= connection.checkClocks(now);
			}
		}
		if (running) {
			startClocks();
		}
	}

	private void runTimers() {
		Timer timer = this.timers.peek();
		while (timer != null && timer.at - System.nanoTime() <= 0) {
			this.timers.poll();
			timer.task.run();
			timer = this.timers.peek();
		}
	}

	private long timeoutMillis() {
		Timer timer = this.timers.peek();
		if (timer == null) {
			return -1;
		}
		long nanos = timer.at - System.nanoTime();
		return (nanos <= 0) ? 0 : nanos / 1_000_000 + 1;
	}

	// --- members

	Selector selector() {
		return this.selector;
	}

	ByteBuffer readBuffer() {
		return this.readBuffer;
	}

	/** Called by any thread as soon as it has decided to put a connection here. */
	void expect() {
		this.load.incrementAndGet();
	}

	void remember(LoopMember member) {
		this.members.add(member);
	}

	void forget(LoopMember member) {
		if (this.members.remove(member) && member instanceof LoopConnection) {
			this.load.decrementAndGet();
		}
	}

	List<LoopMember> members() {
		return new ArrayList<>(this.members);
	}

	private void terminate() {
		members().forEach(LoopMember::stop);
		Runnable task = this.tasks.poll();
		while (task != null) {
			task.run();
			task = this.tasks.poll();
		}
		try {
			this.selector.close();
		}
		catch (IOException ex) {
			logger.debug("A selector could not be closed", ex);
		}
		finally {
			this.terminated.countDown();
		}
	}

	private record Timer(long at, Runnable task) implements Comparable<Timer> {

		@Override
		public int compareTo(Timer other) {
			return Long.signum(this.at - other.at);
		}

	}

}
