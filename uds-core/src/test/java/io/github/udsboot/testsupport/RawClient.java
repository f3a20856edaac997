package io.github.udsboot.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;

/**
 * A ttrpc client that does exactly what it is told, byte by byte. One thread may write
 * while another reads.
 */
public final class RawClient implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final FrameLimits LIMITS = new FrameLimits(FrameLimits.FRAME_SIZE_CEILING, 8 << 10, 64, 255);

	private static final FrameWriter WRITER = new TtrpcProtocol().newWriter(LIMITS);

	private final SocketChannel channel;

	private final Selector readable;

	private final FrameReader reader = new TtrpcProtocol().newReader(WireProtocol.Side.CLIENT, LIMITS);

	private final ByteBuffer in = ByteBuffer.allocate(64 << 10).limit(0);

	private long nextStreamId = 1;

	private RawClient(SocketChannel channel) throws IOException {
		this.channel = channel;
		channel.configureBlocking(false);
		this.readable = Selector.open();
		channel.register(this.readable, SelectionKey.OP_READ);
	}

	public static RawClient connect(Path path) {
		try {
			SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
			channel.connect(UnixDomainSocketAddress.of(path));
			return new RawClient(channel);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Return the bytes of a request. */
	public static byte[] request(long streamId, String route, byte[] payload) {
		return request(streamId, route, payload, Duration.ZERO);
	}

	public static byte[] request(long streamId, String route, byte[] payload, Duration timeout) {
		EncodedFrame frame = WRITER.encode(new RequestFrame(streamId, route, payload, timeout.toNanos(), Map.of()));
		return join(frame.head(), frame.body());
	}

	/** Return the bytes of a request that announces all extensions. */
	public static byte[] announcing(long streamId, String route, Duration timeout) {
		return bytes(new RequestFrame(streamId, route, new byte[0], timeout.toNanos(), Extensions.announce(Map.of()),
				RequestFrame.Kind.UNARY, true));
	}

	public static byte[] bytes(Frame frame) {
		EncodedFrame encoded = WRITER.encode(frame);
		return join(encoded.head(), encoded.body());
	}

	public static byte[] join(byte[]... parts) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			out.writeBytes(part);
		}
		return out.toByteArray();
	}

	/**
	 * Send a request under the next stream id.
	 * @return the stream id
	 */
	public long send(String route, String payload) {
		return send(route, payload.getBytes());
	}

	public long send(String route, byte[] payload) {
		long streamId = nextStreamId();
		write(request(streamId, route, payload));
		return streamId;
	}

	public long nextStreamId() {
		long streamId = this.nextStreamId;
		this.nextStreamId += 2;
		return streamId;
	}

	/** Write all bytes, waiting for the server to read if need be. */
	public void write(byte[]... parts) {
		try {
			long deadline = System.nanoTime() + PATIENCE.toNanos();
			for (byte[] part : parts) {
				ByteBuffer out = ByteBuffer.wrap(part);
				while (out.hasRemaining()) {
					if (this.channel.write(out) == 0) {
						if (System.nanoTime() - deadline > 0) {
							throw new AssertionError("The server reads nothing");
						}
						Thread.sleep(1);
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Write as much as the kernel takes.
	 * @return how many bytes that was
	 */
	public int writeSome(ByteBuffer bytes) {
		try {
			return this.channel.write(bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Return the next answer. */
	public ResponseFrame receive() {
		Frame frame = next();
		if (frame instanceof ResponseFrame response) {
			return response;
		}
		throw new AssertionError((frame != null) ? "No response: " + frame : "The server closed the connection");
	}

	/** Call and return the answer; nothing else may be under way. */
	public ResponseFrame call(String route, String payload) {
		return receiveAnswerTo(send(route, payload));
	}

	/** Call under a stream id of the caller's choice. */
	public ResponseFrame call(long streamId, String route) {
		write(request(streamId, route, new byte[0]));
		return receiveAnswerTo(streamId);
	}

	/** Return the next answer, which must be the one to that call. */
	public ResponseFrame receiveAnswerTo(long streamId) {
		ResponseFrame response = receive();
		if (response.streamId() != streamId) {
			throw new AssertionError("Answer to another call: " + response);
		}
		return response;
	}

	/** Wait for the end of the input, past whatever is left to read. */
	public void awaitEnd() {
		try {
			Frame frame = next();
			while (frame != null) {
				frame = next();
			}
		}
		catch (UncheckedIOException ex) {
			// reset, which is an end as well
		}
	}

	/** Wait for the end of the input, which must be the next thing to come. */
	public boolean isAtEnd() {
		return next() == null;
	}

	/** Return the next frame, {@code null} at the end of the input. */
	public Frame next() {
		try {
			long deadline = System.nanoTime() + PATIENCE.toNanos();
			while (true) {
				Frame frame = this.reader.read(this.in);
				if (frame != null) {
					return frame;
				}
				int count = this.channel.read(this.in.clear());
				this.in.flip();
				if (count < 0) {
					this.in.limit(0);
					return null;
				}
				if (count == 0) {
					long left = deadline - System.nanoTime();
					if (left <= 0) {
						throw new AssertionError("The server says nothing");
					}
					this.readable.select(Math.max(1, left / 1_000_000));
					this.readable.selectedKeys().clear();
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Return whether nothing has come from the server so far. */
	public boolean hasReceivedNothing() {
		try {
			return this.readable.selectNow() == 0;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public void shutdownOutput() {
		try {
			this.channel.shutdownOutput();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.readable.close();
			this.channel.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
