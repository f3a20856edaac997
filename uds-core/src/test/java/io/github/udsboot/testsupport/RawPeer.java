package io.github.udsboot.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;

/**
 * One end of a blocking connection that does what no peer should: its frames need not
 * follow from each other.
 */
public final class RawPeer implements AutoCloseable {

	public static final int REQUEST = 1;

	public static final int DATA = 3;

	public static final int CLOSED = 1;

	public static final int NO_DATA = 4;

	private static final FrameWriter WRITER = new TtrpcProtocol().newWriter(FrameLimits.DEFAULTS);

	private final SocketChannel channel;

	private final FrameReader reader;

	private final ByteBuffer in = ByteBuffer.allocate(64 << 10).limit(0);

	public RawPeer(SocketChannel channel, Side side) {
		this.channel = channel;
		this.reader = new TtrpcProtocol().newReader(side, FrameLimits.DEFAULTS);
	}

	public static RawPeer connect(Path path) {
		try {
			return new RawPeer(SocketChannel.open(UnixDomainSocketAddress.of(path)), Side.CLIENT);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Begin a stream, or make a call. */
	public RawPeer request(long streamId, String route, String payload, Kind kind) {
		return write(
				bytes(new RequestFrame(streamId, route, payload.getBytes(StandardCharsets.UTF_8), 0, Map.of(), kind)));
	}

	public static byte[] bytes(Frame frame) {
		EncodedFrame encoded = WRITER.encode(frame);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.writeBytes(encoded.head());
		bytes.writeBytes(encoded.body());
		return bytes.toByteArray();
	}

	/** Send a data frame with whatever flags. */
	public RawPeer data(long streamId, int flags, String data) {
		return write(dataFrame(streamId, flags, data));
	}

	public static byte[] dataFrame(long streamId, int flags, String data) {
		byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.allocate(10 + bytes.length)
			.putInt(bytes.length)
			.putInt((int) streamId)
			.put((byte) DATA)
			.put((byte) flags)
			.put(bytes)
			.array();
	}

	/** Write all at once: the other side may close after any part. */
	public RawPeer write(byte[]... parts) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			bytes.writeBytes(part);
		}
		try {
			ByteBuffer out = ByteBuffer.wrap(bytes.toByteArray());
			while (out.hasRemaining()) {
				this.channel.write(out);
			}
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Return the next frame, {@code null} at the end. */
	public @Nullable Frame receive() {
		try {
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
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		vanish();
	}

	public void vanish() {
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
