package io.github.udsboot.connection;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The end of an event loop: its members are closed, and tasks that are added even later
 * still run. For any thread, unless said otherwise.
 */
final class LoopTermination {

	private final LoopSelector selector;

	private final LoopMembers members;

	private final CountDownLatch terminated = new CountDownLatch(1);

	private volatile boolean ended;

	/**
	 * How often closing what is left was requested after the end; the thread that finds 0
	 * does it.
	 */
	private final AtomicInteger closers = new AtomicInteger();

	LoopTermination(LoopSelector selector, LoopMembers members) {
		this.selector = selector;
		this.members = members;
	}

	/** Return whether the loop has ended. */
	boolean hasEnded() {
		return this.ended;
	}

	CountDownLatch latch() {
		return this.terminated;
	}

	/** Note that a task was added: once the loop has ended, no owner will run it. */
	void taskAdded() {
		if (this.ended && this.closers.getAndIncrement() == 0) {
			closeAll();
		}
	}

	/** End the loop, as its owner. */
	void end() {
		// before any other thread can see the end, so that everything is closed when this
		// returns
		this.closers.set(1);
		this.ended = true;
		closeAll();
		this.selector.close();
		this.terminated.countDown();
	}

	/**
	 * Close what lives here, and what the tasks still add, even after the end: a
	 * connection that is never closed would leak. One thread at a time does so, and
	 * others do not wait for it, as two ending loops would wait for each other. Nor does
	 * this call itself, as a task per connection would exhaust the stack.
	 */
	private void closeAll() {
		int asked = 1;
		while (asked > 0) {
			closeMembers();
			asked = this.closers.addAndGet(-asked);
		}
	}

	private void closeMembers() {
		boolean more = true;
		while (more) {
			try {
				this.members.forEach(LoopMember::stop);
				Runnable task = this.selector.nextTask();
				more = task != null;
				if (task != null) {
					task.run();
				}
			}
			catch (RuntimeException | Error ex) {
				Failures.log("A member of an event loop could not be closed", ex);
			}
		}
	}

}
