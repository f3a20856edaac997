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
 * What gives an event loop something to do: keys of its selector that are ready, and
 * tasks that other threads leave and that end its sleep. Everything but
 * {@link #execute(Runnable)} is for the loop's owner.
 */
final class LoopSelector {

	/** However busy a connection is, look at the others as often. */
	private static final long NANOS_BETWEEN_SELECTS = 1_000_000;

	/** However many keys are ready, let tasks and timers have their turn as often. */
	private static final int KEYS_BETWEEN_TURNS = 16;

	private final Selector selector;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final ArrayDeque<SelectionKey> ready = new ArrayDeque<>();

	private volatile boolean sleeping;

	private long selectedAt = System.nanoTime();

	/** How many keys were given since tasks and timers had their turn. */
	private int keysSinceTurn;

	LoopSelector(Selector selector) {
		this.selector = selector;
	}

	/** Leave a task and see to it that the owner looks at it soon. */
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
	 * @return {@code null} if none is, and after some of them, for tasks and timers to
	 * have their turn
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

	/** Tasks and timers have their turn now, and keys come after it. */
	void turnBegins() {
		this.keysSinceTurn = 0;
	}

	/** Others have waited for an owner: what is ready comes before the tasks. */
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
	 * Sleep until a key is ready or a task is there.
	 * @param timeoutMillis for how long at most; 0 not at all, negative for ever
	 */
	void select(long timeoutMillis) throws IOException {
		// first the flag, then the look at the tasks: execute() does it the other way
		// round
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
		// a select that was interrupted returns at once, and would for ever
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

	/** Return what to register with. */
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
