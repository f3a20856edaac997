package io.github.udsboot.stream;

import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The items of one stream that have arrived and were not taken yet. Bounded: the adding
 * thread is told to stop, and later that there is room again. Items are added by one
 * thread at a time; and one at a time takes them and asks whether there are more. Any
 * thread may end or cancel. One class, because adding, taking, the end and a cancellation
 * change one state under one lock.
 */
public final class ItemInbox {

	/** The approximate memory of an item besides its payload. */
	private static final int OVERHEAD = 64;

	private final int maxItems;

	private final long maxBytes;

	private final Control control;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** Guarded by the lock, as are the fields below. */
	private ArrayDeque<byte[]> arrived = new ArrayDeque<>();

	private long bytes;

	/** What was taken out at once last. */
	private long takenBytes;

	/** The sum of both. Read by any thread. */
	private volatile long heldBytes;

	private boolean held;

	private boolean ended;

	private @Nullable RuntimeException failure;

	/** Whose items are taken, if that may change. */
	private @Nullable Object sender;

	/** Whether anything was ever added. */
	private boolean used;

	private boolean waiting;

	private @Nullable Runnable listener;

	/** Belongs to the taking thread: what was taken out of the above at once. */
	private ArrayDeque<byte[]> taken = new ArrayDeque<>();

	/**
	 * Create an inbox.
	 * @param maxItems how many items may wait before the sender has to
	 * @param maxBytes and how many bytes, about
	 * @param control told what becomes of the items
	 */
	public ItemInbox(int maxItems, long maxBytes, Control control) {
		this.maxItems = maxItems;
		this.maxBytes = maxBytes;
		this.control = control;
	}

	/**
	 * Take items of another sender from now on, and none of those before, however late
	 * they come.
	 * @param sender the sender
	 * @return {@code false} if there has been an item already: nothing has changed
	 */
	public boolean changeSender(Object sender) {
		this.lock.lock();
		try {
			if (this.used) {
				return false;
			}
			this.sender = sender;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Add an item, where there is one sender for good.
	 * @param item the payload
	 * @return {@code false} if as many wait as may: {@link Control#hold()} was called
	 */
	public boolean add(byte[] item) {
		return add(null, item);
	}

	/**
	 * Add an item, unless it is of another sender than the last one.
	 * @param sender the sender, as it was given to {@link #changeSender}
	 * @param item the payload
	 * @return {@code false} if as many wait as may: {@link Control#hold()} was called
	 */
	public boolean add(@Nullable Object sender, byte[] item) {
		Runnable listener;
		boolean room;
		this.lock.lock();
		try {
			if (this.ended || sender != this.sender) {
				return true;
			}
			this.used = true;
			this.arrived.add(item);
			this.bytes += OVERHEAD + item.length;
			this.heldBytes = this.bytes + this.takenBytes;
			room = this.arrived.size() < this.maxItems && this.bytes < this.maxBytes;
			if (!room) {
				// under the lock: a release that overtakes it would leave it held for
				// good
				this.held = true;
				this.control.hold();
			}
			listener = wake();
		}
		finally {
			this.lock.unlock();
		}
		run(listener);
		return room;
	}

	/**
	 * Let the sender wait, as if as many items waited as may; does nothing if none does.
	 */
	public void hold() {
		this.lock.lock();
		try {
			if (!this.ended && !this.held && !this.arrived.isEmpty()) {
				this.held = true;
				this.control.hold();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return how much memory the items take, with those of the last lot that was taken
	 * out. By any thread.
	 * @return the number of bytes, about
	 */
	public long heldBytes() {
		return this.heldBytes;
	}

	/**
	 * Return how much memory the items take that were not taken out.
	 * @return the number of bytes, about
	 */
	public long bytes() {
		this.lock.lock();
		try {
			return this.bytes;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End the stream; items that wait can still be taken.
	 * @param failure why it ends early, {@code null} if it is complete
	 */
	public void end(@Nullable RuntimeException failure) {
		run(endSilently(failure));
	}

	/**
	 * As {@link #end}, but a {@linkplain #whenReady listener} is told later: a taker that
	 * also sends items may be cancelled before it hears of a failure.
	 * @param failure why it ends early, {@code null} if it is complete
	 * @return tells the listener, {@code null} if there is none
	 */
	public @Nullable Runnable endSilently(@Nullable RuntimeException failure) {
		Runnable listener;
		boolean release;
		this.lock.lock();
		try {
			if (this.ended) {
				return null;
			}
			this.ended = true;
			this.failure = failure;
			// nothing more comes that would have to wait, and the items that are left may
			// never be taken
			release = takeHold();
			listener = wake();
		}
		finally {
			this.lock.unlock();
		}
		if (release) {
			this.control.release();
		}
		return listener;
	}

	/** Return whether there was a hold, which the caller has to release now. */
	private boolean takeHold() {
		boolean held = this.held;
		this.held = false;
		return held;
	}

	private @Nullable Runnable wake() {
		if (this.waiting) {
			this.changed.signal();
		}
		Runnable listener = this.listener;
		this.listener = null;
		return listener;
	}

	private static void run(@Nullable Runnable listener) {
		if (listener != null) {
			listener.run();
		}
	}

	/**
	 * Take the next item, waiting for it.
	 * @return the payload, {@code null} at the end
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	public byte @Nullable [] take() throws InterruptedException {
		byte[] item = this.taken.poll();
		if (item != null) {
			return item;
		}
		boolean release;
		this.lock.lockInterruptibly();
		try {
			this.waiting = true;
			while (this.arrived.isEmpty() && !this.ended) {
				this.changed.await();
			}
			release = takeAll();
		}
		finally {
			this.waiting = false;
			this.lock.unlock();
		}
		return next(release);
	}

	/**
	 * Take the next item if there is one.
	 * @return the payload, {@code null} if there is none now or {@link #isOver()}
	 */
	public byte @Nullable [] poll() {
		byte[] item = this.taken.poll();
		if (item != null) {
			return item;
		}
		boolean release;
		this.lock.lock();
		try {
			release = takeAll();
		}
		finally {
			this.lock.unlock();
		}
		return next(release);
	}

	private boolean takeAll() {
		ArrayDeque<byte[]> empty = this.taken;
		this.taken = this.arrived;
		this.arrived = empty;
		this.takenBytes = this.bytes;
		this.heldBytes = this.bytes;
		this.bytes = 0;
		return takeHold();
	}

	private byte @Nullable [] next(boolean release) {
		this.control.taken();
		if (release) {
			this.control.release();
		}
		byte[] item = this.taken.poll();
		if (item == null) {
			RuntimeException failure = failure();
			if (failure != null) {
				throw failure;
			}
		}
		return item;
	}

	/**
	 * Return why the stream has ended early, though items may be left.
	 * @return the failure, or {@code null}
	 */
	@Nullable RuntimeException earlyEnd() {
		this.lock.lock();
		try {
			return this.ended ? this.failure : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable RuntimeException failure() {
		this.lock.lock();
		try {
			return (this.ended && this.arrived.isEmpty()) ? this.failure : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether the stream has ended and all of its items were taken.
	 * @return whether {@link #poll()} would return nothing for good
	 */
	public boolean isOver() {
		if (!this.taken.isEmpty()) {
			return false;
		}
		this.lock.lock();
		try {
			return this.ended && this.arrived.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether there is something to take.
	 * @return whether {@link #poll()} would return an item
	 */
	boolean hasItem() {
		if (!this.taken.isEmpty()) {
			return true;
		}
		this.lock.lock();
		try {
			return !this.arrived.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Have a task run once when there is something to take, or the end; at once if there
	 * is.
	 * @param task the task, does not block
	 */
	public void whenReady(Runnable task) {
		boolean ready;
		this.lock.lock();
		try {
			ready = !this.arrived.isEmpty() || this.ended;
			this.listener = ready ? null : task;
		}
		finally {
			this.lock.unlock();
		}
		if (ready) {
			task.run();
		}
	}

	/**
	 * Take no more, whatever is left or comes. A thread that waits for an item gets a
	 * {@link CancellationException}, unless the stream is complete.
	 */
	public void cancel() {
		boolean early;
		Runnable listener = null;
		this.lock.lock();
		try {
			early = !this.ended;
			this.arrived.clear();
			this.bytes = 0;
			this.heldBytes = this.takenBytes;
			if (early) {
				// what is told next releases the hold as well
				this.held = false;
				this.ended = true;
				this.failure = new CancellationException("The stream was closed");
				listener = wake();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (early) {
			this.control.cancelled();
		}
		run(listener);
	}

	/** Told what becomes of the items. */
	public interface Control {

		/**
		 * No more items are to be added until {@link #release()}. On the thread that
		 * adds, with the lock of the inbox.
		 */
		void hold();

		/**
		 * What had arrived was taken out. On the thread that takes, without the lock.
		 */
		default void taken() {
		}

		/** There is room again. On any thread, without the lock. */
		void release();

		/**
		 * The taker wants no items that are still to come: a hold is released with it. On
		 * any thread, without the lock.
		 */
		void cancelled();

	}

}
