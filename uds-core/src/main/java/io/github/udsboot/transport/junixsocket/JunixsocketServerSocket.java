package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.SocketFile;
import io.github.udsboot.transport.SocketPathLimit;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;

/**
 * A listening descriptor of junixsocket and its file.
 */
final class JunixsocketServerSocket implements UdsServerSocket {

	private static final Log logger = GuardedLog.of(JunixsocketServerSocket.class);

	private final SocketFile<JunixsocketListener> file;

	JunixsocketServerSocket(SocketFile<JunixsocketListener> file) {
		this.file = file;
	}

	@Override
	public UdsAddress address() {
		return this.file.address();
	}

	@Override
	public @Nullable UdsSocket accept() throws IOException {
		return PlatformThreads.call(this.file.listener()::accept).orElse(null);
	}

	@Override
	public SelectionKey register(Selector selector, int operations, @Nullable Object attachment)
			throws ClosedChannelException {
		return this.file.listener().register(JunixsocketSelector.of(selector), operations, attachment);
	}

	@Override
	public AddressState addressState() {
		return this.file.addressState();
	}

	@Override
	public boolean isReplaceable() {
		return this.file.isReplaceable();
	}

	@Override
	public UdsServerSocket rebind(BindOptions options) throws BindFailedException {
		return JunixsocketTransport.bindOnce(address(), () -> new JunixsocketServerSocket(this.file.rebind(options,
				SocketPathLimit.KERNEL, (path) -> JunixsocketListener.bind(path, options.backlog()))));
	}

	@Override
	public void withdraw() {
		this.file.withdraw();
	}

	@Override
	public void close() {
		try {
			PlatformThreads.call(() -> {
				this.file.close();
				return true;
			});
		}
		catch (IOException ex) {
			logger.debug("Closing '" + address() + "' reported a failure", ex);
		}
	}

	@Override
	public String toString() {
		return address().toString();
	}

}
