package io.github.udsboot.listener.rpc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.handler.UdsRequest;

/**
 * The calls of one connection that have no outcome yet, by stream id: mostly in slots
 * derived from it, since each call passes through here twice. Calls are added by the
 * loop's owner; everything else is for any thread.
 */
final class CallsInFlight {

	private static final int SLOTS = 64;

	private final AtomicReferenceArray<@Nullable RequestCall> slots = new AtomicReferenceArray<>(SLOTS);

	/** Calls that arrived when their slot was taken. */
	private final Map<Long, RequestCall> others = new ConcurrentHashMap<>();

	void add(RequestCall call) {
		int slot = slotOf(call.streamId());
		if (this.slots.get(slot) == null) {
			this.slots.set(slot, call);
		}
		else {
			this.others.put(call.streamId(), call);
		}
	}

	void remove(RequestCall call) {
		if (!this.slots.compareAndSet(slotOf(call.streamId()), call, null)) {
			this.others.remove(call.streamId(), call);
		}
	}

	@Nullable RequestCall find(long streamId) {
		RequestCall call = this.slots.get(slotOf(streamId));
		return (call != null && call.streamId() == streamId) ? call : this.others.get(streamId);
	}

	/** Apply an action to each call; calls may leave meanwhile. */
	void forEach(Consumer<RequestCall> action) {
		for (int i = 0; i < SLOTS; i++) {
			RequestCall call = this.slots.get(i);
			if (call != null) {
				action.accept(call);
			}
		}
		this.others.values().forEach(action);
	}

	/**
	 * Return the time left to the next deadline.
	 * @param now the time that deadlines are compared with
	 * @return the nanoseconds left, {@link UdsRequest#NO_DEADLINE} if no call has a
	 * deadline
	 */
	long nanosToNextDeadline(long now) {
		NextDeadline next = new NextDeadline(now);
		forEach(next);
		return next.nanos;
	}

	private static int slotOf(long streamId) {
		// the ids of a client are odd
		return (int) (streamId >>> 1) & (SLOTS - 1);
	}

	private static final class NextDeadline implements Consumer<RequestCall> {

		private final long now;

		private long nanos = UdsRequest.NO_DEADLINE;

		private NextDeadline(long now) {
			this.now = now;
		}

		@Override
		public void accept(RequestCall call) {
			long left = call.deadlineNanos() - this.now;
			// a call whose deadline has passed was handled, and is being answered if it
			// is still here
			if (call.deadlineNanos() != UdsRequest.NO_DEADLINE && left > 0) {
				this.nanos = Math.min(this.nanos, left);
			}
		}

	}

}
