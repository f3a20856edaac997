package io.github.udsboot.benchmark.peer.uds;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;

/**
 * A listening TCP socket.
 */
final class TcpServerSocket implements UdsServerSocket {

	private final ServerSocketChannel channel;

	private final UdsAddress address;

	TcpServerSocket(ServerSocketChannel channel, UdsAddress address) {
		this.channel = channel;
		this.address = address;
	}

	@Override
	public UdsAddress address() {
		return this.address;
	}

	@Override
	public @Nullable UdsSocket accept() throws IOException {
		SocketChannel accepted = this.channel.accept();
		if (accepted == null) {
			return null;
		}
		accepted.configureBlocking(false);
		accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
		return new TcpSocket(accepted, this.address.path());
	}

	@Override
	public SelectionKey register(Selector selector, int operations, @Nullable Object attachment)
			throws ClosedChannelException {
		return this.channel.register(selector, operations, attachment);
	}

	@Override
	public AddressState addressState() {
		return AddressState.OURS;
	}

	@Override
	public void withdraw() {
		// A port cannot be withdrawn while its backlog is accepted
	}

	@Override
	public void close() {
		TcpSocket.close(this.channel);
	}

}
