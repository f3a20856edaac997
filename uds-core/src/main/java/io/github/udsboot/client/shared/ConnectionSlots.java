package io.github.udsboot.client.shared;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.call.CallOutcome;

/**
 * The shared connections of a client: a slot for each that may take calls, and those that
 * have left their slot while calls were pending on them. Changed with the lock of
 * {@link SharedConnections} held; the slots are read without it.
 */
final class ConnectionSlots {

	private final AtomicReferenceArray<@Nullable SharedConnection> slots;

	/** Guarded by the lock. */
	private final List<SharedConnection> retiring = new ArrayList<>();

	ConnectionSlots(int count) {
		this.slots = new AtomicReferenceArray<>(count);
	}

	int count() {
		return this.slots.length();
	}

	@Nullable SharedConnection get(int slot) {
		return this.slots.get(slot);
	}

	private boolean isUsable(int slot) {
		SharedConnection connection = this.slots.get(slot);
		return connection != null && connection.isUsable();
	}

	/** Return the first slot without a usable connection, -1 if there is none. */
	int free() {
		for (int i = 0; i < this.slots.length(); i++) {
			if (!isUsable(i)) {
				return i;
			}
		}
		return -1;
	}

	/** Return the number of usable connections. */
	int usable() {
		int usable = 0;
		for (int i = 0; i < this.slots.length(); i++) {
			if (isUsable(i)) {
				usable++;
			}
		}
		return usable;
	}

	/** Return whether there is a usable connection, and a slot for one more. */
	boolean hasFreeBesideUsable() {
		boolean free = false;
		boolean used = false;
		for (int i = 0; i < this.slots.length(); i++) {
			boolean usable = isUsable(i);
			used |= usable;
			free |= !usable;
		}
		return free && used;
	}

	/**
	 * Return the outcome of a call whose connection was gone before the call reached it.
	 * @return {@link SharedConnection#refusal()} of a connection that has failed, if any
	 */
	CallOutcome refusal() {
		for (int i = 0; i < this.slots.length(); i++) {
			SharedConnection connection = this.slots.get(i);
			if (connection != null && connection.refusal() instanceof CallOutcome.Unsent failed) {
				return failed;
			}
		}
		return CallOutcome.Ended.NOT_SUBMITTED;
	}

	/** Put a connection into a slot, whose previous one may still have pending calls. */
	void put(int slot, SharedConnection connection) {
		retirePrevious(slot);
		this.slots.set(slot, connection);
	}

	private void retirePrevious(int slot) {
		this.retiring.removeIf(SharedConnection::isClosed);
		SharedConnection previous = this.slots.get(slot);
		if (previous != null && !previous.isClosed()) {
			this.retiring.add(previous);
		}
	}

	/** Return the connections in the slots, and those that have left them. */
	List<SharedConnection> all() {
		List<SharedConnection> all = new ArrayList<>(this.retiring);
		for (int i = 0; i < this.slots.length(); i++) {
			SharedConnection connection = this.slots.get(i);
			if (connection != null) {
				all.add(connection);
			}
		}
		return all;
	}

}
