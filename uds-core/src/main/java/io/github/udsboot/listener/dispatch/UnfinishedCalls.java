package io.github.udsboot.listener.dispatch;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;

/**
 * What a stop has to wait for, or to cut off, beside the requests in flight: handlers
 * whose calls are over, sources of items that are not closed, and calls whose connections
 * are closed. Thread-safe.
 */
public final class UnfinishedCalls {

	/** Calls that have their outcome, while their handlers' threads have not left. */
	private final Set<ServerCall> lingering = ConcurrentHashMap.newKeySet();

	/** Calls whose items come from a source that is not closed. */
	private final Set<ServerCall> producing = ConcurrentHashMap.newKeySet();

	/** Calls without an outcome whose connections are closed. */
	private final Set<ServerCall> orphans = ConcurrentHashMap.newKeySet();

	/** The time of all calls is over: those that wait for a thread are not to run. */
	private volatile boolean over;

	/** Told when nothing is in flight any more, once the listener stops. */
	private volatile @Nullable DrainListener drain;

	UnfinishedCalls() {
	}

	/** From now on, say when nothing is in flight any more. */
	public void drain(DrainListener drain) {
		this.drain = drain;
	}

	/** Perhaps nothing is in flight any more. */
	void checkDrain() {
		DrainListener drain = this.drain;
		if (drain != null) {
			drain.check();
		}
	}

	/** Have no handler begin any more. */
	public void end() {
		this.over = true;
	}

	boolean isOver() {
		return this.over;
	}

	/**
	 * Take note of a call that answers with items.
	 * @param begins whether that begins, or the source of the items is closed
	 */
	public void produces(ServerCall call, boolean begins) {
		if (begins) {
			this.producing.add(call);
		}
		else {
			this.producing.remove(call);
			checkDrain();
		}
	}

	/** Return whether a handler has left a source of items open. */
	boolean isProducing() {
		return !this.producing.isEmpty();
	}

	/**
	 * Take note of a call that has its outcome, and whose handler's thread is at work.
	 * @param begins whether that begins, or is over
	 */
	void lingers(ServerCall call, boolean begins) {
		if (begins) {
			this.lingering.add(call);
		}
		else {
			this.lingering.remove(call);
		}
	}

	/**
	 * Return the routes of handlers and sources that go on though their calls are over.
	 */
	public Set<String> lingeringRoutes() {
		Set<String> routes = new TreeSet<>();
		this.lingering.stream()
			.filter(CallState::isRunning)
			.forEach((call) -> routes.add(CallLog.nameOf(call.handler())));
		this.producing.forEach((call) -> routes.add(CallLog.nameOf(call.handler())));
		return routes;
	}

	/**
	 * Take note of a call that goes on though its connection is closed, so that it is not
	 * missed when its time is over.
	 * @param call the call
	 * @param timeOver whether its time is over
	 */
	void orphaned(ServerCall call, BooleanSupplier timeOver) {
		this.orphans.add(call);
		// first the call, then the looks: the thread that ends it, or the time, does it
		// the other way round
		if (call.isOver()) {
			this.orphans.remove(call);
		}
		else if (timeOver.getAsBoolean()) {
			cutOff(call);
		}
	}

	/** A call that was {@link #orphaned} has its outcome. */
	void noOrphan(ServerCall call) {
		this.orphans.remove(call);
	}

	/**
	 * Stop the handlers of calls whose connections are closed.
	 * @param all whether those of calls are stopped as well, or only conversations
	 */
	public void cutOffOrphans(boolean all) {
		this.orphans.forEach((call) -> {
			if (all || call.work() != ServedConnection.Work.CALL) {
				cutOff(call);
			}
		});
	}

	private void cutOff(ServerCall orphan) {
		this.orphans.remove(orphan);
		if (orphan.abort(Status.UNAVAILABLE, ServedConnection.REASON)) {
			cutOff(orphan.work());
		}
	}

	/** Take note of a call that no handler sees because of {@link #end()}. */
	void cutOff(ServedConnection.Work work) {
		DrainListener drain = this.drain;
		if (drain != null) {
			drain.cutOff(work);
		}
	}

}
