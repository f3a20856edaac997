package io.github.udsboot.stream;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.DroppableTask;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.guard.OnceTask;
import io.github.udsboot.guard.SureExecutor;

/**
 * Moves the items of one stream from their source to where they are sent. Has a thread
 * only while there is an item to move and room for it: a receiver that pauses costs none.
 *
 * <p>
 * The cancelling thread interrupts the one that is in the source, under the lock that the
 * latter takes before it leaves, so that no interrupt lands in what the thread does next.
 * One class, because a thread that runs, fails, cancels or is dropped decides under that
 * lock whether it is the one that closes the source. Thread-safe.
 */
public final class ItemPump implements DroppableTask {

	/** The number of items after which the thread is given back to others. */
	private static final int TURN = 4096;

	private final ItemSource source;

	private final ItemSink sink;

	private final Executor executor;

	private final Runnable whenClosed;

	private final Object lock = new Object();

	/** Guarded by the lock: the thread that may be in the source. */
	private @Nullable Thread running;

	/** Guarded by the lock. */
	private boolean closed;

	private volatile boolean cancelled;

	/**
	 * Create a pump.
	 * @param source where the items come from
	 * @param sink where they go
	 * @param executor has threads on which a source may wait
	 */
	public ItemPump(ItemSource source, ItemSink sink, Executor executor) {
		this(source, sink, executor, () -> {
		});
	}

	/**
	 * Create a pump.
	 * @param source where the items come from
	 * @param sink where they go
	 * @param executor has threads on which a source may wait
	 * @param whenClosed run once when the source is closed; does not block
	 */
	public ItemPump(ItemSource source, ItemSink sink, Executor executor, Runnable whenClosed) {
		this.source = source;
		this.sink = sink;
		this.executor = executor;
		this.whenClosed = whenClosed;
	}

	/**
	 * Begin, or go on.
	 */
	public void schedule() {
		try {
			this.executor.execute(this);
		}
		catch (Throwable ex) {
			endElsewhere(ex);
		}
	}

	/** The executor has no thread for the items any more: that is their end. */
	@Override
	public void dropped() {
		endElsewhere(new RejectedExecutionException("There is no thread for the items of a stream any more"));
	}

	/**
	 * The source is application code, and this thread may be one that must not block. The
	 * executor may have run this all the same.
	 */
	private void endElsewhere(Throwable failure) {
		SureExecutor.shared().execute(() -> fail(failure));
	}

	/**
	 * End with a failure, unless a thread is in the source: it will come to an end by
	 * itself. Closes the source on this thread. Throws nothing.
	 * @param failure what the sink is told
	 */
	public void fail(Throwable failure) {
		synchronized (this.lock) {
			if (this.closed || this.running != null) {
				return;
			}
			this.closed = true;
		}
		finish(failure);
	}

	/**
	 * The receiver wants no more: stop the source as soon as possible. The sink is not
	 * told. Does not wait, nor call the source on this thread, which may be one that must
	 * not block.
	 */
	public void cancel() {
		cancel(null);
	}

	/**
	 * As {@link #cancel()}.
	 * @param then run when the source has been told, on the thread that told it; does not
	 * block; may be {@code null}
	 */
	public void cancel(@Nullable Runnable then) {
		this.cancelled = true;
		synchronized (this.lock) {
			if (this.running != null) {
				this.running.interrupt();
			}
		}
		SureExecutor.of(this.executor).execute(new Stop(then));
	}

	private void stop(@Nullable Runnable then) {
		try {
			this.source.cancel();
		}
		catch (Throwable ex) {
			// it is closed all the same
			LostFailures.log("A stream of items that is no longer wanted could not be cancelled", ex);
		}
		try {
			if (then != null) {
				then.run();
			}
		}
		catch (Throwable ex) {
			endIsUntold(ex);
		}
		synchronized (this.lock) {
			if (this.running != null || this.closed) {
				// it closes the source when it comes out
				return;
			}
			this.closed = true;
		}
		unableToClose(closeSource());
	}

	@Override
	public void run() {
		synchronized (this.lock) {
			if (this.closed || this.running != null) {
				return;
			}
			this.running = Thread.currentThread();
		}
		Runnable next = null;
		Throwable failure = null;
		boolean over = false;
		try {
			next = pump();
			over = next == null;
		}
		catch (Throwable ex) {
			failure = ex;
			over = true;
		}
		synchronized (this.lock) {
			this.running = null;
			// what was meant for the source must not reach whatever runs here next
			Thread.interrupted();
		}
		if (over || this.cancelled) {
			end(failure);
		}
		else if (next != null) {
			await(next);
		}
	}

	/** Without a way to hear of what comes next, the stream would never end. */
	private void await(Runnable next) {
		try {
			next.run();
		}
		catch (Throwable ex) {
			end(ex);
		}
	}

	/**
	 * Move what can be moved.
	 * @return how to wait for more, {@code null} at the end
	 */
	private @Nullable Runnable pump() {
		for (int i = 0; i < TURN; i++) {
			if (this.cancelled) {
				return null;
			}
			if (!this.sink.hasRoom()) {
				return () -> this.sink.whenRoom(this::schedule);
			}
			if (!this.source.isReady()) {
				return () -> this.source.whenReady(this::schedule);
			}
			if (!this.source.hasNext()) {
				return null;
			}
			if (!this.sink.send(this.source.next())) {
				throw new ReceiverGoneException();
			}
		}
		return this::schedule;
	}

	private void end(@Nullable Throwable failure) {
		synchronized (this.lock) {
			if (this.closed) {
				return;
			}
			this.closed = true;
		}
		finish(failure);
	}

	/** Only one thread comes here, once. */
	private void finish(@Nullable Throwable failure) {
		Throwable closing = closeSource();
		if (this.cancelled) {
			unableToClose(closing);
			return;
		}
		Throwable reason = failure;
		if (reason == null) {
			reason = closing;
		}
		else if (closing != null && closing != reason) {
			reason.addSuppressed(closing);
		}
		try {
			this.sink.end(reason);
		}
		catch (Throwable ex) {
			endIsUntold(ex);
		}
	}

	private @Nullable Throwable closeSource() {
		try {
			this.source.close();
			return null;
		}
		catch (Throwable ex) {
			return ex;
		}
		finally {
			try {
				this.whenClosed.run();
			}
			catch (Throwable ex) {
				endIsUntold(ex);
			}
		}
	}

	private static void endIsUntold(Throwable failure) {
		LostFailures.log("The end of a stream of items could not be told", failure);
	}

	/** The receiver, who would be told, has gone. */
	private static void unableToClose(@Nullable Throwable failure) {
		if (failure != null) {
			LostFailures.log("A stream of items that is no longer wanted could not be closed", failure);
		}
	}

	/** A cancellation, on a thread of the executor or, if that has none, on another. */
	private final class Stop extends OnceTask {

		private final @Nullable Runnable then;

		private Stop(@Nullable Runnable then) {
			this.then = then;
		}

		@Override
		protected void call() {
			stop(this.then);
		}

	}

}
