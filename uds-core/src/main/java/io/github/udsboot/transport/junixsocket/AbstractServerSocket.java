package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AddressAlreadyInUseSocketException;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.transport.AbstractNames;
import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindFailedException.Reason;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;

/**
 * A listening descriptor of junixsocket with an abstract name, which the kernel keeps
 * unique and forgets when the descriptor is closed. There is no file, and so no mode: any
 * process in the same network namespace can connect.
 */
final class AbstractServerSocket implements UdsServerSocket {

	private static final Log logger = GuardedLog.of(AbstractServerSocket.class);

	private static final Set<UdsAddress> held = ConcurrentHashMap.newKeySet();

	private final UdsAddress address;

	private final JunixsocketListener listener;

	private final AtomicBoolean closed = new AtomicBoolean();

	private AbstractServerSocket(UdsAddress address, JunixsocketListener listener) {
		this.address = address;
		this.listener = listener;
	}

	/**
	 * Bind to an abstract name. On a platform thread only.
	 * @param address the name
	 * @param backlog how many connections may wait
	 * @return the listening socket
	 * @throws IOException if that fails
	 */
	static AbstractServerSocket bind(UdsAddress address, int backlog) throws IOException {
		if (!held.add(address)) {
			throw new BindFailedException(Reason.SAME_JVM, address,
					"A server is already running on '" + address + "' in this JVM",
					"Close the other application context, or give one of them another name.", null);
		}
		boolean bound = false;
		try {
			// junixsocket would connect to the server to find out
			if (AbstractNames.isListening(address)) {
				throw taken(address, null);
			}
			JunixsocketListener listener = JunixsocketListener.bind(address, backlog);
			bound = true;
			UdsAddress other = AbstractNames.listeningInOtherForm(address);
			if (other != null) {
				logger.warn("Another server listens at " + other.quoted() + ". To the kernel that is another name than "
						+ address.quoted() + "; clients reach the one whose form they use");
			}
			return new AbstractServerSocket(address, listener);
		}
		catch (AddressAlreadyInUseSocketException | SocketTimeoutException ex) {
			// The latter is EAGAIN: a server listens, and its backlog is full
			throw taken(address, ex);
		}
		finally {
			if (!bound) {
				held.remove(address);
			}
		}
	}

	private static BindFailedException taken(UdsAddress address, @Nullable IOException cause) {
		return new BindFailedException(Reason.LIVE_SERVER, address,
				"A server is already running on '" + address + "'"
						+ ((cause != null) ? "" : ": it listens at that name"),
				"Stop that process, or choose another name.", cause);
	}

	@Override
	public UdsAddress address() {
		return this.address;
	}

	@Override
	public @Nullable UdsSocket accept() throws IOException {
		return PlatformThreads.call(this.listener::accept).orElse(null);
	}

	@Override
	public SelectionKey register(Selector selector, int operations, @Nullable Object attachment)
			throws ClosedChannelException {
		return this.listener.register(JunixsocketSelector.of(selector), operations, attachment);
	}

	@Override
	public AddressState addressState() {
		return this.closed.get() ? AddressState.GONE : AddressState.OURS;
	}

	@Override
	public void withdraw() {
		// A name cannot be taken away from an open descriptor
	}

	@Override
	public void close() {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		try {
			PlatformThreads.call(() -> {
				this.listener.close();
				return true;
			});
		}
		catch (IOException ex) {
			logger.debug("Closing '" + this.address + "' reported a failure", ex);
		}
		finally {
			held.remove(this.address);
		}
	}

	@Override
	public String toString() {
		return this.address.toString();
	}

}
