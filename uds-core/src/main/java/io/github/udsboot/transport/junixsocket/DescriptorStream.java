package io.github.udsboot.transport.junixsocket;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.util.function.Supplier;

/**
 * One direction of a non-blocking descriptor, as a {@link FileChannel} of the JDK:
 * {@code read(2)} and {@code write(2)} and nothing else, 0 for EAGAIN.
 * <p>
 * junixsocket's own channel closes the descriptor on EPIPE and on ECONNRESET, from native
 * code and regardless of what another thread is doing with it; a reply that has not been
 * read yet is then lost. It also closes it when the thread is interrupted. A file channel
 * closes only itself when the thread is interrupted, because here its stream's
 * {@code close} does nothing, and is replaced by a new one. The buffer's position shows
 * how much was transferred.
 * <p>
 * Must be used by one thread at a time.
 */
final class DescriptorStream {

	// Everything that remains in a heap buffer is copied to a direct one at each call
	private static final int HEAP_CHUNK = 256 * 1024;

	private final Supplier<FileChannel> opener;

	private final Transfer transfer;

	private FileChannel channel;

	private DescriptorStream(Supplier<FileChannel> opener, Transfer transfer) {
		this.opener = opener;
		this.transfer = transfer;
		this.channel = opener.get();
	}

	static DescriptorStream input(FileDescriptor descriptor) {
		return new DescriptorStream(() -> new Input(descriptor).getChannel(), FileChannel::read);
	}

	static DescriptorStream output(FileDescriptor descriptor) {
		return new DescriptorStream(() -> new Output(descriptor).getChannel(), FileChannel::write);
	}

	/**
	 * Read into a buffer, or write from it.
	 * @param buffer the buffer
	 * @return the number of bytes, 0 if none can be transferred now, -1 at the end of the
	 * input
	 * @throws IOException if the descriptor failed
	 */
	int transfer(ByteBuffer buffer) throws IOException {
		int position = buffer.position();
		int limit = buffer.limit();
		if (!buffer.isDirect() && buffer.remaining() > HEAP_CHUNK) {
			buffer.limit(position + HEAP_CHUNK);
		}
		// With the flag set, the channel would have to be replaced at each call
		boolean interrupted = Thread.interrupted();
		try {
			return this.transfer.apply(this.channel, buffer);
		}
		catch (ClosedByInterruptException ex) {
			interrupted = true;
			this.channel = this.opener.get();
			return buffer.position() - position;
		}
		finally {
			buffer.limit(limit);
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@FunctionalInterface
	private interface Transfer {

		int apply(FileChannel channel, ByteBuffer buffer) throws IOException;

	}

	private static final class Input extends FileInputStream {

		Input(FileDescriptor descriptor) {
			super(descriptor);
		}

		@Override
		public void close() {
			// The descriptor does not belong to the stream
		}

	}

	private static final class Output extends FileOutputStream {

		Output(FileDescriptor descriptor) {
			super(descriptor);
		}

		@Override
		public void close() {
			// The descriptor does not belong to the stream
		}

	}

}
