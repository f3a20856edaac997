package io.github.udsboot.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.HelloFrame;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocols;

/**
 * A server that does exactly what a test tells it, on the test's thread.
 */
public final class ScriptedServer implements AutoCloseable {

	private static final WireProtocol PROTOCOL = WireProtocols.named("ttrpc");

	private static final FrameWriter WRITER = PROTOCOL.newWriter(FrameLimits.DEFAULTS);

	private final Path directory;

	private final Path path;

	private ServerSocketChannel listener;

	public ScriptedServer() {
		try {
			this.directory = Files.createTempDirectory("uds");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.path = this.directory.resolve("scripted.sock");
	}

	public Path path() {
		return this.path;
	}

	public ScriptedServer start() {
		return start(50);
	}

	public ScriptedServer start(int backlog) {
		try {
			this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
			this.listener.bind(UnixDomainSocketAddress.of(this.path), backlog);
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Accept no more, as a server does that has stopped; connections stay. */
	public void stop() {
		try {
			if (this.listener != null) {
				this.listener.close();
				this.listener = null;
			}
			Files.deleteIfExists(this.path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public Peer accept() {
		try {
			return new Peer(this.listener.accept());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		stop();
		try {
			Files.delete(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public static String text(RequestFrame request) {
		return new String(request.payload(), StandardCharsets.UTF_8);
	}

	/** One accepted connection. */
	public static final class Peer implements AutoCloseable {

		private final SocketChannel channel;

		private final FrameReader reader = PROTOCOL.newReader(WireProtocol.Side.SERVER, FrameLimits.DEFAULTS);

		private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10).limit(0);

		public Peer(SocketChannel channel) {
			this.channel = channel;
		}

		/** Wait for the next request. */
		public RequestFrame request() {
			RequestFrame request = nextOrEnd();
			if (request == null) {
				throw new IllegalStateException("The client has closed the connection");
			}
			return request;
		}

		/** Wait for the next request, or {@code null} for the end of the input. */
		public RequestFrame nextOrEnd() {
			return (RequestFrame) frame();
		}

		/** Wait for the next frame of whatever kind, or {@code null} for the end. */
		public Frame frame() {
			try {
				Frame frame = this.reader.read(this.buffer);
				while (frame == null) {
					this.buffer.clear();
					int count = this.channel.read(this.buffer);
					this.buffer.flip();
					if (count < 0) {
						return null;
					}
					frame = this.reader.read(this.buffer);
				}
				return frame;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		public void answer(RequestFrame request) {
			answer(request.streamId(), request.payload());
		}

		public void answer(RequestFrame request, String text) {
			answer(request.streamId(), text.getBytes(StandardCharsets.UTF_8));
		}

		public void answer(long streamId, byte[] payload) {
			write(encode(ResponseFrame.ok(streamId, payload)));
		}

		public void refuse(RequestFrame request, Status status) {
			write(encode(ResponseFrame.refused(request.streamId(), status, "not now")));
		}

		/** Refuse all calls, as a server does that takes no more connections. */
		public void refuseAll(RequestFrame request) {
			write(encode(new RefusalFrame(request.streamId(), Status.RESOURCE_EXHAUSTED, "too many connections")));
		}

		public void fail(RequestFrame request, Status status) {
			write(encode(ResponseFrame.failed(request.streamId(), status, "broken")));
		}

		/** Answer an announcement. */
		public void greet(RequestFrame request) {
			write(encode(new HelloFrame(request.streamId(), Extensions.all())));
		}

		public static byte[] encode(Frame frame) {
			EncodedFrame encoded = WRITER.encode(frame);
			return ByteBuffer.allocate(encoded.size()).put(encoded.head()).put(encoded.body()).array();
		}

		public void write(byte[] bytes) {
			try {
				ByteBuffer source = ByteBuffer.wrap(bytes);
				while (source.hasRemaining()) {
					this.channel.write(source);
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
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

}
