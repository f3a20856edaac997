package io.github.udsboot.transport.memory;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.udsboot.interleaving.Steps;
import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

/**
 * Sockets without a kernel, for interleavings: each call is a step, and whoever sleeps in
 * a selector is an actor that sleeps. Takes the place of all transports where threads are
 * interleaved, and knows what is open.
 *
 * <p>
 * There is one world for all instances, as there is with a kernel; {@link #clear()}
 * begins another. Only for one thread at a time, which actors are.
 */
public final class MemoryTransport implements UdsTransport {

	private static final Map<UdsAddress, MemoryListener> LISTENERS = new HashMap<>();

	private static final List<MemorySocket> SOCKETS = new ArrayList<>();

	private static final List<MemorySelector> SELECTORS = new ArrayList<>();

	/** Forget what another interleaving has left. */
	public static void clear() {
		LISTENERS.clear();
		SOCKETS.clear();
		SELECTORS.clear();
	}

	/** Return how many sockets are open, at either end. */
	public static long openSockets() {
		return SOCKETS.stream().filter(MemorySocket::isOpen).count();
	}

	/** Return how many selectors are open. */
	public static long openSelectors() {
		return SELECTORS.stream().filter(Selector::isOpen).count();
	}

	/** Return whether somebody listens. */
	public static boolean isBound(UdsAddress address) {
		return LISTENERS.containsKey(address);
	}

	/** Listen, as another process would. */
	public static MemoryListener listen(UdsAddress address) {
		MemoryListener listener = new MemoryListener(address);
		LISTENERS.put(address, listener);
		return listener;
	}

	static void unbind(MemoryListener listener) {
		LISTENERS.remove(listener.address(), listener);
	}

	@Override
	public String name() {
		return "jdk";
	}

	@Override
	public boolean supports(UdsAddress address) {
		return true;
	}

	@Override
	public UdsSocket connect(UdsAddress address) throws ConnectFailedException {
		Steps.point();
		MemoryListener listener = LISTENERS.get(address);
		if (listener == null) {
			throw new ConnectFailedException(ConnectFailedException.Reason.NO_SOCKET, "Nobody listens on " + address,
					null);
		}
		MemorySocket one = new MemorySocket();
		MemorySocket other = new MemorySocket(one);
		SOCKETS.add(one);
		SOCKETS.add(other);
		listener.connected(other);
		return one;
	}

	@Override
	public UdsServerSocket bind(UdsAddress address, BindOptions options) throws BindFailedException {
		Steps.point();
		if (isBound(address) && !options.waitForRelease().isZero()) {
			Steps.await(() -> !isBound(address), options.waitForRelease().toNanos());
		}
		if (isBound(address)) {
			throw new BindFailedException(BindFailedException.Reason.SAME_JVM, address, "Somebody listens there",
					"Wait.", null);
		}
		return listen(address);
	}

	@Override
	public Selector openSelector() throws IOException {
		MemorySelector selector = new MemorySelector();
		SELECTORS.add(selector);
		return selector;
	}

}
