package io.github.udsboot.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Extension;

/**
 * What the server of one connection understands beyond the protocol: nothing is known
 * until it has answered the announcement in the first request, and nothing will be if it
 * answers the request itself first. Until then cancellations wait here. Thread-safe.
 */
final class ServerExtensions {

	/** One more than a crowd will give up before the first answer. */
	private static final int MAX_WAITING = 1024;

	/** Guarded by the connection's submit lock. */
	private boolean announced;

	/** {@code null} until it is known. */
	private volatile @Nullable Set<Extension> understood;

	/** Stream ids of calls that were cancelled meanwhile; guarded by the monitor. */
	private final List<Long> waiting = new ArrayList<>();

	/**
	 * Create an instance.
	 * @param exist whether the protocol has any
	 */
	ServerExtensions(boolean exist) {
		this.announced = !exist;
		this.understood = exist ? null : Set.of();
	}

	/** Return whether the next request is to announce what this client understands. */
	boolean toBeAnnounced() {
		return !this.announced;
	}

	void announced() {
		this.announced = true;
	}

	/**
	 * The server has answered the announcement.
	 * @return the stream ids of the calls that it is to be told are cancelled
	 */
	synchronized List<Long> hello(Set<Extension> understood) {
		if (this.understood != null) {
			return List.of();
		}
		this.understood = understood;
		List<Long> cancelled = understood.contains(Extension.CANCEL) ? List.copyOf(this.waiting) : List.of();
		this.waiting.clear();
		return cancelled;
	}

	/**
	 * The server has answered a request: if it has said nothing so far, it never will.
	 */
	void answered() {
		if (this.understood == null) {
			hello(Set.of());
		}
	}

	/** Return whether the server has said that it understands an extension. */
	boolean understands(Extension extension) {
		Set<Extension> understood = this.understood;
		return understood != null && understood.contains(extension);
	}

	/**
	 * Note that a call was cancelled.
	 * @return whether the server is to be told now
	 */
	synchronized boolean cancel(long streamId) {
		Set<Extension> understood = this.understood;
		if (understood == null && this.waiting.size() < MAX_WAITING) {
			this.waiting.add(streamId);
		}
		return understood != null && understood.contains(Extension.CANCEL);
	}

}
