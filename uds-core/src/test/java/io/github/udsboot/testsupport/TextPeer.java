package io.github.udsboot.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A peer that knows no protocol.
 */
public final class TextPeer implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final SocketChannel channel;

	private TextPeer(SocketChannel channel) {
		this.channel = channel;
	}

	public static TextPeer connect(Path path) {
		try {
			SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
			channel.connect(UnixDomainSocketAddress.of(path));
			return of(channel);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public static TextPeer of(SocketChannel channel) throws IOException {
		channel.configureBlocking(false);
		return new TextPeer(channel);
	}

	public TextPeer send(String text) {
		return send(text.getBytes(StandardCharsets.UTF_8));
	}

	public TextPeer send(byte[] bytes) {
		ByteBuffer out = ByteBuffer.wrap(bytes);
		try {
			while (out.hasRemaining()) {
				if (this.channel.write(out) == 0) {
					await(SelectionKey.OP_WRITE);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return this;
	}

	/** Write what the kernel takes now. */
	public int trySend(byte[] bytes) throws IOException {
		return this.channel.write(ByteBuffer.wrap(bytes));
	}

	public TextPeer endOutput() {
		try {
			this.channel.shutdownOutput();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return this;
	}

	/** Read exactly so much text. */
	public String read(int length) {
		ByteBuffer in = ByteBuffer.allocate(length);
		while (in.hasRemaining()) {
			if (read(in) < 0) {
				throw new AssertionError(
						"The end came after: " + new String(in.array(), 0, in.position(), StandardCharsets.UTF_8));
			}
		}
		return new String(in.array(), StandardCharsets.UTF_8);
	}

	/** Read to the end. */
	public String readAll() {
		StringBuilder text = new StringBuilder();
		ByteBuffer in = ByteBuffer.allocate(64 << 10);
		while (read(in.clear()) >= 0) {
			text.append(StandardCharsets.UTF_8.decode(in.flip()));
		}
		return text.toString();
	}

	private int read(ByteBuffer in) {
		try {
			int count = this.channel.read(in);
			while (count == 0) {
				await(SelectionKey.OP_READ);
				count = this.channel.read(in);
			}
			return count;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void await(int operation) throws IOException {
		try (Selector selector = Selector.open()) {
			this.channel.register(selector, operation);
			if (selector.select(PATIENCE.toMillis()) == 0) {
				throw new AssertionError("Nothing happened for " + PATIENCE);
			}
		}
	}

	@Override
	public void close() {
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
