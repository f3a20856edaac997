package io.github.udsboot.client.shared;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.github.udsboot.client.call.ClientLimits;
import io.github.udsboot.client.call.RequestForm;
import io.github.udsboot.client.connection.ConnectSettings;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.ttrpc.TtrpcProtocol;
import io.github.udsboot.testsupport.StubSelector;
import io.github.udsboot.testsupport.StubSocket;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

/**
 * A connection without a kernel: whatever is written is answered at once. One object is
 * the transport, the socket and the selector, so that millions of them can be made. The
 * I/O thread of the client is never started: a wake-up that gets lost is lost for good.
 */
final class EchoTransport implements UdsTransport {

	private static final UdsAddress ADDRESS = UdsAddress.of("/run/echo.sock");

	private static final TtrpcProtocol PROTOCOL = new TtrpcProtocol();

	/** Longer than any pause of a machine that is busy. */
	static final long LONG = TimeUnit.SECONDS.toNanos(20);

	private static final int HEADER = 10;

	private final Echo echo = new Echo();

	final ReadBuffers buffers = new ReadBuffers(1, (size) -> ByteBuffer.allocate(256));

	final SharedConnection connection;

	EchoTransport() {
		try {
			SharedSettings settings = new SharedSettings(
					new ConnectSettings(ADDRESS, this, Duration.ofSeconds(1), Duration.ZERO, Duration.ofSeconds(1),
							Duration.ofSeconds(1), Duration.ZERO, false),
					PROTOCOL, FrameLimits.DEFAULTS, 1, 4, 1, false, ClientLimits.DEFAULTS);
			this.connection = new SharedConnection(new Socket(this.echo), new IoThread(settings, "echo", new NoClock()),
					settings, this.buffers);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public String name() {
		return "echo";
	}

	@Override
	public boolean supports(UdsAddress address) {
		return true;
	}

	@Override
	public UdsSocket connect(UdsAddress address) {
		throw new UnsupportedOperationException();
	}

	@Override
	public UdsServerSocket bind(UdsAddress address, BindOptions options) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Selector openSelector() {
		return new Wait(this.echo);
	}

	/** The bytes on their way back. Guarded by its monitor. */
	private static final class Echo {

		private final ByteBuffer answers = ByteBuffer.allocate(256);

		private boolean woken;

		private boolean closed;

	}

	private static final class Socket extends StubSocket {

		private final Echo echo;

		Socket(Echo echo) {
			this.echo = echo;
		}

		@Override
		public int read(ByteBuffer target) throws IOException {
			synchronized (this.echo) {
				if (this.echo.closed) {
					throw new ClosedChannelException();
				}
				int count = this.echo.answers.position();
				target.put(this.echo.answers.flip());
				this.echo.answers.clear();
				return count;
			}
		}

		@Override
		public int write(ByteBuffer source) throws IOException {
			synchronized (this.echo) {
				if (this.echo.closed) {
					throw new ClosedChannelException();
				}
				int count = source.remaining();
				while (source.hasRemaining()) {
					int length = source.getInt();
					int id = source.getInt();
					source.position(source.position() + HEADER - 2 * Integer.BYTES + length);
					this.echo.answers.putInt(0).putInt(id).put((byte) 2).put((byte) 0);
				}
				this.echo.notifyAll();
				return count;
			}
		}

		@Override
		public SelectionKey register(Selector selector, int operations, Object attachment) {
			return null;
		}

		@Override
		public boolean isOpen() {
			synchronized (this.echo) {
				return !this.echo.closed;
			}
		}

		@Override
		public void close() {
			synchronized (this.echo) {
				this.echo.closed = true;
				this.echo.notifyAll();
			}
		}

	}

	/** Sleeps until something has come back. */
	private static final class Wait extends StubSelector {

		private final Echo echo;

		Wait(Echo echo) {
			this.echo = echo;
		}

		@Override
		public int select(long timeout) {
			long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
			synchronized (this.echo) {
				while (!this.echo.woken && !this.echo.closed && this.echo.answers.position() == 0
						&& System.nanoTime() - end < 0) {
					try {
						this.echo.wait(timeout);
					}
					catch (InterruptedException ex) {
						throw new IllegalStateException(ex);
					}
				}
				this.echo.woken = false;
			}
			return 0;
		}

		@Override
		public Selector wakeup() {
			synchronized (this.echo) {
				this.echo.woken = true;
				this.echo.notifyAll();
			}
			return this;
		}

		@Override
		public void close() {
			wakeup();
		}

	}

	private static final class NoClock implements IoThread.Clock {

		@Override
		public boolean isNeeded() {
			return false;
		}

		@Override
		public boolean isOwed() {
			return false;
		}

		@Override
		public void tick(long now) {
			throw new IllegalStateException();
		}

	}

	/** A call of the thread that makes it. */
	static final class Call extends PendingCall.Blocking {

		Call() {
			super(System.nanoTime() + LONG);
		}

		@Override
		public EncodedFrame encode(long streamId, RequestForm form) {
			byte[] head = ByteBuffer.allocate(HEADER)
				.putInt(0)
				.putInt((int) streamId)
				.put((byte) 1)
				.put((byte) 0)
				.array();
			return new EncodedFrame(head, new byte[0]);
		}

	}

}
