package io.github.udsboot.transport.jdk;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.ConnectFailures;
import io.github.udsboot.transport.ReleaseWait;
import io.github.udsboot.transport.SocketFile;
import io.github.udsboot.transport.SocketPathLimit;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

/**
 * The transport over the JDK's Unix domain channels: the fast one, for paths. It provides
 * a peer's user and group, but not its process. Thread-safe.
 */
public final class JdkTransport implements UdsTransport {

	private static final String NAME = "jdk";

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public boolean supports(UdsAddress address) {
		return !address.isAbstract();
	}

	@Override
	public UdsSocket connect(UdsAddress address) throws ConnectFailedException {
		if (!SocketPathLimit.JDK.admits(address)) {
			throw ConnectFailures.tooLong(SocketPathLimit.JDK, address);
		}
		SocketChannel channel = null;
		boolean connected = false;
		try {
			channel = SocketChannel.open(StandardProtocolFamily.UNIX);
			channel.configureBlocking(false);
			// Never pending: AF_UNIX connects at once or, if the backlog is full, fails
			// with EAGAIN. A blocking connect would wait indefinitely.
			connected = channel.connect(UnixDomainSocketAddress.of(address.socketPath()));
			if (!connected) {
				throw ConnectFailures.create(Reason.BACKLOG_FULL, address, null);
			}
			return new JdkSocket(channel);
		}
		catch (ConnectFailedException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw (channel != null)
					// If it is none of the others it is EAGAIN, in whatever language
					? ConnectFailures.explain(address, ex, ex instanceof ConnectException, Reason.BACKLOG_FULL)
					: ConnectFailures.create(Reason.OTHER, address, ex);
		}
		catch (UnsupportedOperationException ex) {
			throw ConnectFailures.create(Reason.OTHER, address, ex);
		}
		finally {
			if (!connected && channel != null) {
				JdkSocket.close(channel);
			}
		}
	}

	@Override
	public UdsServerSocket bind(UdsAddress address, BindOptions options) throws BindFailedException {
		return ReleaseWait.bind(address, options, () -> new JdkServerSocket(
				SocketFile.bind(address, options, SocketPathLimit.JDK, (path) -> listen(path, options.backlog()))));
	}

	static ServerSocketChannel listen(Path path, int backlog) throws IOException {
		ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		boolean bound = false;
		try {
			channel.configureBlocking(false);
			channel.bind(UnixDomainSocketAddress.of(path), backlog);
			bound = true;
			return channel;
		}
		finally {
			if (!bound) {
				channel.close();
			}
		}
	}

	@Override
	public Selector openSelector() throws IOException {
		return Selector.open();
	}

}
