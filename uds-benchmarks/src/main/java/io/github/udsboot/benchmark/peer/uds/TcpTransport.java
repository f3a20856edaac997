package io.github.udsboot.benchmark.peer.uds;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.ConnectFailures;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

/**
 * Puts loopback TCP under our code, to see what the Unix socket itself is worth. The file
 * at the address holds the port. It stands in for the transport of the JDK in processes
 * that were started with {@code -Duds.benchmark.tcp=true} and have this class before
 * uds-core on their class path; elsewhere nothing asks for it.
 */
public final class TcpTransport implements UdsTransport {

	/** The system property that puts this transport in the place of the JDK's. */
	public static final String PROPERTY = "uds.benchmark.tcp";

	@Override
	public String name() {
		return Boolean.getBoolean(PROPERTY) ? "jdk" : "tcp";
	}

	@Override
	public boolean supports(UdsAddress address) {
		return !address.isAbstract();
	}

	@Override
	public UdsSocket connect(UdsAddress address) throws ConnectFailedException {
		SocketChannel channel = null;
		try {
			int port = Integer.parseInt(Files.readString(address.path()).strip());
			channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			channel.configureBlocking(false);
			channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			return new TcpSocket(channel, address.path());
		}
		catch (IOException ex) {
			close(channel);
			throw ConnectFailures.create(Reason.OTHER, address, ex);
		}
	}

	private static void close(@Nullable SocketChannel channel) {
		if (channel != null) {
			TcpSocket.close(channel);
		}
	}

	@Override
	public UdsServerSocket bind(UdsAddress address, BindOptions options) throws BindFailedException {
		try {
			ServerSocketChannel channel = ServerSocketChannel.open();
			channel.configureBlocking(false);
			channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options.backlog());
			int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
			Path file = address.path();
			Files.writeString(file, String.valueOf(port));
			return new TcpServerSocket(channel, address);
		}
		catch (IOException ex) {
			throw new BindFailedException(BindFailedException.Reason.OTHER, address, "TCP cannot be bound",
					"see the cause", ex);
		}
	}

	@Override
	public Selector openSelector() throws IOException {
		return Selector.open();
	}

}
