package io.github.udsboot.benchmark.worker;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;

/**
 * The process that opens many connections, makes one call on each, so that the server
 * takes it for a client, and then does nothing.
 */
public final class IdleConnections {

	/** Begins the line that says that all connections are open. */
	public static final String OPEN = "open ";

	private static final long TIMEOUT_NANOS = 30_000_000_000L;

	private static final int BUFFER = 4096;

	private IdleConnections() {
	}

	/**
	 * Open connections and keep them until the input ends.
	 * @param args the path of the server, the number of connections and a route
	 * @throws IOException if a connection fails
	 * @throws ProtocolException if the server does not answer in ttrpc
	 */
	public static void main(String[] args) throws IOException, ProtocolException {
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(args[0]);
		int count = Integer.parseInt(args[1]);
		TtrpcProtocol protocol = new TtrpcProtocol();
		EncodedFrame request = protocol.newWriter(FrameLimits.DEFAULTS)
			.encode(new RequestFrame(1, args[2], new byte[0], TIMEOUT_NANOS, Map.of()));
		List<SocketChannel> connections = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			SocketChannel channel = SocketChannel.open(address);
			connections.add(channel);
			call(channel, request, protocol.newReader(Side.CLIENT, FrameLimits.DEFAULTS));
		}
		System.out.println(OPEN + connections.size());
		while (System.in.read() >= 0) {
			// Only the end of the input is of interest
		}
		for (SocketChannel channel : connections) {
			channel.close();
		}
	}

	private static void call(SocketChannel channel, EncodedFrame request, FrameReader reader)
			throws IOException, ProtocolException {
		ByteBuffer out = ByteBuffer.allocate(request.size()).put(request.head()).put(request.body()).flip();
		while (out.hasRemaining()) {
			channel.write(out);
		}
		ByteBuffer in = ByteBuffer.allocate(BUFFER);
		boolean answered = false;
		while (!answered) {
			if (channel.read(in.clear()) < 0) {
				throw new EOFException("The server hung up");
			}
			answered = reader.read(in.flip()) != null;
		}
	}

}
