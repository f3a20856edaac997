package io.github.udsboot.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The ownership of an event loop, in one word: even while the owner does the loop's work,
 * odd while it runs application code. The owner makes it odd and then even again; a
 * thread that finds it odd for too long may make it even in the owner's place and take
 * the loop. Exactly one of the two succeeds.
 */
final class LoopTurn {

	private final AtomicLong turn = new AtomicLong();

	private final HandoverWatcher watcher;

	private final BoundedExecutor handlerThreads;

	/**
	 * The share for which application code runs. Written by the owner before the word is
	 * odd, so a thread that has read that word sees it.
	 */
	private ThreadShare share;

	/** Told when that code has run long. Written and read like the share. */
	private HandoverListener listener = HandoverListener.NONE;

	LoopTurn(HandoverWatcher watcher, BoundedExecutor handlerThreads) {
		this.watcher = watcher;
		this.handlerThreads = handlerThreads;
		this.share = handlerThreads.common();
	}

	/**
	 * Run application code, as the owner.
	 * @param share the share that the thread counts towards if the code runs long
	 * @param listener told if it runs long
	 * @param code the code, which throws nothing
	 * @return whether the calling thread is still the owner; if not, it counts as a
	 * handler thread
	 */
	boolean callOut(ThreadShare share, HandoverListener listener, Runnable code) {
		long running = this.turn.get() + 1;
		this.share = share;
		this.listener = listener;
		this.turn.set(running);
		this.watcher.notice();
		try {
			code.run();
		}
		catch (Throwable ex) {
			// the turn must not stay odd, or the loop would get a second owner
			Failures.log("Application code on an event loop failed", ex);
		}
		// an interrupt meant for the application must not reach the selector
		Thread.interrupted();
		if (this.turn.compareAndSet(running, running + 1)) {
			return true;
		}
		// counted in by the thread that took the loop
		this.handlerThreads.comesBack(share);
		return false;
	}

	/**
	 * Take the loop from an owner that is held up in application code.
	 * @param observed the turn that takes long
	 * @return whether the loop has no owner now
	 */
	boolean take(long observed) {
		// if it belongs to a later call, the word has changed as well
		ThreadShare share = this.share;
		HandoverListener listener = this.listener;
		this.handlerThreads.lend(share);
		if (!this.turn.compareAndSet(observed, observed + 1)) {
			this.handlerThreads.takeBack(share);
			return false;
		}
		listener.handedOver();
		return true;
	}

	/** Return the word: two equal odd values mean the same call. */
	long value() {
		return this.turn.get();
	}

	static boolean isRunning(long value) {
		return (value & 1) == 1;
	}

}
