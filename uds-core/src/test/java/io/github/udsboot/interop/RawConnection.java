package io.github.udsboot.interop;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * A plain, blocking connection of the JDK, for what no client would send.
 */
final class RawConnection implements AutoCloseable {

	private final SocketChannel channel;

	RawConnection(Path socket) throws IOException {
		this.channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
	}

	void write(byte[]... parts) throws IOException {
		for (byte[] part : parts) {
			ByteBuffer bytes = ByteBuffer.wrap(part);
			while (bytes.hasRemaining()) {
				this.channel.write(bytes);
			}
		}
	}

	void writeByteByByte(byte[] bytes) throws IOException {
		for (byte single : bytes) {
			write(new byte[] { single });
		}
	}

	/** Say that nothing more will be written. */
	void endOutput() throws IOException {
		this.channel.shutdownOutput();
	}

	/**
	 * Read one frame.
	 * @return the frame
	 * @throws EOFException if the server has closed the connection
	 */
	RawFrame read() throws IOException {
		RawFrame frame = readOrEnd();
		if (frame == null) {
			throw new EOFException("The server closed the connection");
		}
		return frame;
	}

	/**
	 * Read one frame, or the end.
	 * @return the frame, or {@code null} if the server has closed the connection
	 */
	@Nullable RawFrame readOrEnd() throws IOException {
		ByteBuffer header = ByteBuffer.allocate(RawFrame.HEADER);
		if (!fill(header)) {
			return null;
		}
		ByteBuffer frame = ByteBuffer.allocate(RawFrame.HEADER + header.getInt(0)).put(header.flip());
		if (!fill(frame)) {
			throw new EOFException("The server closed the connection in the middle of a frame");
		}
		return RawFrame.parse(frame.array());
	}

	private boolean fill(ByteBuffer target) throws IOException {
		int start = target.position();
		while (target.hasRemaining()) {
			if (this.channel.read(target) < 0) {
				if (target.position() != start) {
					throw new EOFException("The server closed the connection in the middle of a frame");
				}
				return false;
			}
		}
		return true;
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
