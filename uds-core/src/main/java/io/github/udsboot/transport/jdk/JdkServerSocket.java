package io.github.udsboot.transport.jdk;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.SocketFile;
import io.github.udsboot.transport.SocketPathLimit;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;

/**
 * A listening channel of the JDK and its file.
 */
final class JdkServerSocket implements UdsServerSocket {

	private final SocketFile<ServerSocketChannel> file;

	JdkServerSocket(SocketFile<ServerSocketChannel> file) {
		this.file = file;
	}

	@Override
	public UdsAddress address() {
		return this.file.address();
	}

	@Override
	public @Nullable UdsSocket accept() throws IOException {
		SocketChannel accepted = this.file.listener().accept();
		if (accepted == null) {
			return null;
		}
		boolean ready = false;
		try {
			accepted.configureBlocking(false);
			ready = true;
			return new JdkSocket(accepted);
		}
		finally {
			if (!ready) {
				JdkSocket.close(accepted);
			}
		}
	}

	@Override
	public SelectionKey register(Selector selector, int operations, @Nullable Object attachment)
			throws ClosedChannelException {
		return this.file.listener().register(selector, operations, attachment);
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
		return new JdkServerSocket(
				this.file.rebind(options, SocketPathLimit.JDK, (path) -> JdkTransport.listen(path, options.backlog())));
	}

	@Override
	public void withdraw() {
		this.file.withdraw();
	}

	@Override
	public void close() {
		this.file.close();
	}

	@Override
	public String toString() {
		return this.file.address().toString();
	}

}
