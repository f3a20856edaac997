package io.github.udsboot.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Says who owns an event loop, in one word: even while the owner goes about its business,
 * odd while it runs application code. The owner makes it odd and even again; whoever
 * finds it odd for too long may make it even in its place and take the loop. Exactly one
 * of the two succeeds.
 */
final class LoopTurn {

	private final AtomicLong turn = new AtomicLong();

	private final HandoverWatcher watcher;

	private final BoundedExecutor handlerThreads;

	/**
	 * For whom application code runs. Written by the owner before the word is odd, so
	 * whoever has read that word sees it.
	 */
	private ThreadShare share;

	/** Told when that code has lasted. Written and read as the share. */
	private HandoverListener listener = HandoverListener.NONE;

	LoopTurn(HandoverWatcher watcher, BoundedExecutor handlerThreads) {
		this.watcher = watcher;
		this.handlerThreads = handlerThreads;
		this.share = handlerThreads.common();
	}

	/**
	 * Run application code, as the owner.
	 * @param share whose thread this is if the code lasts
	 * @param listener told if it lasts
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
			// it must not leave the turn odd, else the loop would get a second owner
			Failures.log("Application code on an event loop failed", ex);
		}
		// an interrupt meant for the application must not reach the selector
		Thread.interrupted();
		if (this.turn.compareAndSet(running, running + 1)) {
			return true;
		}
		// counted in by the one that has taken the loop
		this.handlerThreads.comesBack(share);
		return false;
	}

	/**
	 * Take the loop from an owner that is held up in application code.
	 * @param observed the turn that lasts
	 * @return whether the loop has no owner now
	 */
	boolean take(long observed) {
		// if it is that of a later call, the word has changed as well
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

	/** Return the word: two that are equal and odd mean the same call. */
	long value() {
		return this.turn.get();
	}

	static boolean isRunning(long value) {
		return (value & 1) == 1;
	}

}
