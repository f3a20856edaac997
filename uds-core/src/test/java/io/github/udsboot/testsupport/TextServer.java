package io.github.udsboot.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A server that knows no protocol and does what a test tells it, on the test's thread.
 */
public final class TextServer implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final Path directory;

	private final Path path;

	private final ServerSocketChannel channel;

	public TextServer() {
		try {
			this.directory = Files.createTempDirectory("uds");
			this.path = this.directory.resolve("text.sock");
			this.channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
			this.channel.bind(UnixDomainSocketAddress.of(this.path));
			this.channel.configureBlocking(false);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public Path path() {
		return this.path;
	}

	/** Wait for the next connection. */
	public TextPeer accept() {
		try (Selector selector = Selector.open()) {
			this.channel.register(selector, SelectionKey.OP_ACCEPT);
			if (selector.select(PATIENCE.toMillis()) == 0) {
				throw new AssertionError("Nobody connected for " + PATIENCE);
			}
			return TextPeer.of(this.channel.accept());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.channel.close();
			Files.deleteIfExists(this.path);
			Files.delete(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
