package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jspecify.annotations.Nullable;

/**
 * The sources of an event loop's work: ready keys of its selector, and tasks from other
 * threads, which end its sleep. Everything except {@link #execute(Runnable)} is for the
 * loop's owner.
 */
final class LoopSelector {

	/**
	 * How long to wait at most between checks of the other connections, however busy one
	 * is.
	 */
	private static final long NANOS_BETWEEN_SELECTS = 1_000_000;

	/** After how many ready keys tasks and timers have their turn. */
	private static final int KEYS_BETWEEN_TURNS = 16;

	private final Selector selector;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final ArrayDeque<SelectionKey> ready = new ArrayDeque<>();

	private volatile boolean sleeping;

	private long selectedAt = System.nanoTime();

	/** How many keys were returned since tasks and timers last had their turn. */
	private int keysSinceTurn;

	LoopSelector(Selector selector) {
		this.selector = selector;
	}

	/** Leave a task, and make sure that the owner runs it soon. */
	void execute(Runnable task) {
		this.tasks.add(task);
		if (this.sleeping) {
			this.selector.wakeup();
		}
	}

	@Nullable Runnable nextTask() {
		return this.tasks.poll();
	}

	boolean hasTasks() {
		return !this.tasks.isEmpty();
	}

	/**
	 * Return the next key that is ready, without waiting.
	 * @return the key; {@code null} if none is ready, and after a number of keys, so that
	 * tasks and timers have their turn
	 */
	@Nullable SelectionKey nextReady() throws IOException {
		if (this.keysSinceTurn >= KEYS_BETWEEN_TURNS) {
			return null;
		}
		SelectionKey key = this.ready.poll();
		if (key == null && this.keysSinceTurn == 0 && System.nanoTime() - this.selectedAt > NANOS_BETWEEN_SELECTS) {
			selectNow();
			key = this.ready.poll();
		}
		if (key != null) {
			this.keysSinceTurn++;
		}
		return key;
	}

	/** Begin the turn of tasks and timers, after which keys follow. */
	void turnBegins() {
		this.keysSinceTurn = 0;
	}

	/** Have ready keys come before the tasks, as connections have waited for an owner. */
	void lookSoon() {
		this.keysSinceTurn = 0;
		this.selectedAt = System.nanoTime() - 2 * NANOS_BETWEEN_SELECTS;
	}

	boolean hasReady() {
		return !this.ready.isEmpty();
	}

	void selectNow() throws IOException {
		this.selector.selectNow();
		collect();
	}

	/**
	 * Sleep until a key is ready or a task is queued.
	 * @param timeoutMillis how long to sleep at most; 0 not at all, negative forever
	 */
	void select(long timeoutMillis) throws IOException {
		// first the flag, then the check for tasks: execute() uses the reverse order
		this.sleeping = true;
		try {
			if (timeoutMillis == 0 || !this.tasks.isEmpty()) {
				this.selector.selectNow();
			}
			else if (timeoutMillis < 0) {
				this.selector.select();
			}
			else {
				this.selector.select(timeoutMillis);
			}
		}
		finally {
			this.sleeping = false;
		}
		// an interrupted select returns at once, and would keep doing so
		Thread.interrupted();
		collect();
	}

	private void collect() {
		this.selectedAt = System.nanoTime();
		Set<SelectionKey> selected = this.selector.selectedKeys();
		if (!selected.isEmpty()) {
			this.ready.addAll(selected);
			selected.clear();
		}
	}

	/** Return the selector to register with. */
	Selector selector() {
		return this.selector;
	}

	boolean isOpen() {
		return this.selector.isOpen();
	}

	void close() {
		try {
			this.selector.close();
		}
		catch (IOException ex) {
			Failures.log("A selector could not be closed", ex);
		}
	}

}
