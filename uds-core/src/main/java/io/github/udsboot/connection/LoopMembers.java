package io.github.udsboot.connection;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The members of an event loop, and when to check their clocks. Everything except the
 * load is for the loop's owner.
 */
final class LoopMembers {

	private final Set<LoopMember> members = new LinkedHashSet<>();

	private final AtomicInteger load = new AtomicInteger();

	private final LoopTimers timers;

	private final long sweepNanos;

	private boolean sweeping;

	LoopMembers(LoopTimers timers, ConnectionClocks clocks) {
		this.timers = timers;
		this.sweepNanos = clocks.sweepNanos();
	}

	/**
	 * Count a connection that will be added, as soon as that is decided, on any thread.
	 */
	void expect() {
		this.load.incrementAndGet();
	}

	/** Note that an expected connection will not be added. */
	void expectNoMore() {
		this.load.decrementAndGet();
	}

	int load() {
		return this.load.get();
	}

	void add(LoopMember member) {
		this.members.add(member);
	}

	void remove(LoopMember member) {
		if (this.members.remove(member) && member instanceof LoopChannel) {
			this.load.decrementAndGet();
		}
	}

	/** Apply an action to each member; members may leave and join meanwhile. */
	void forEach(Consumer<LoopMember> action) {
		List.copyOf(this.members).forEach(action);
	}

	/** Make sure that the clocks are checked as long as one of them runs. */
	void startClocks() {
		if (!this.sweeping) {
			this.sweeping = true;
			this.timers.schedule(this.sweepNanos, this::sweep);
		}
	}

	private void sweep() {
		this.sweeping = false;
		long now = System.nanoTime();
		boolean running = false;
		for (LoopMember member : List.copyOf(this.members)) {
			try {
				running |= member.checkClocks(now);
			}
			catch (RuntimeException | Error ex) {
				// the clocks of the others keep running
				Failures.log("The clocks of a connection could not be looked at", ex);
				running = true;
			}
		}
		if (running) {
			startClocks();
		}
	}

}
