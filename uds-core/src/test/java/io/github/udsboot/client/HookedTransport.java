package io.github.udsboot.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;

/**
 * A transport with a test in between.
 */
class HookedTransport implements UdsTransport {

	private final UdsTransport delegate;

	HookedTransport(UdsTransport delegate) {
		this.delegate = delegate;
	}

	/** Called instead of a connect. */
	protected UdsSocket connect(UdsTransport delegate, UdsAddress address) throws ConnectFailedException {
		return delegate.connect(address);
	}

	/** Called instead of a read. */
	protected int read(UdsSocket socket, ByteBuffer target) throws IOException {
		return socket.read(target);
	}

	/** Called instead of a write. */
	protected int write(UdsSocket socket, ByteBuffer source) throws IOException {
		return socket.write(source);
	}

	@Override
	public String name() {
		return this.delegate.name();
	}

	@Override
	public boolean supports(UdsAddress address) {
		return this.delegate.supports(address);
	}

	@Override
	public UdsSocket connect(UdsAddress address) throws ConnectFailedException {
		return new HookedSocket(connect(this.delegate, address));
	}

	@Override
	public UdsServerSocket bind(UdsAddress address, BindOptions options) throws BindFailedException {
		return this.delegate.bind(address, options);
	}

	@Override
	public Selector openSelector() throws IOException {
		return this.delegate.openSelector();
	}

	private final class HookedSocket implements UdsSocket {

		private final UdsSocket socket;

		private HookedSocket(UdsSocket socket) {
			this.socket = socket;
		}

		@Override
		public int read(ByteBuffer target) throws IOException {
			return HookedTransport.this.read(this.socket, target);
		}

		@Override
		public int write(ByteBuffer source) throws IOException {
			return HookedTransport.this.write(this.socket, source);
		}

		@Override
		public void shutdownOutput() throws IOException {
			this.socket.shutdownOutput();
		}

		@Override
		public PeerCredentials peerCredentials() throws IOException {
			return this.socket.peerCredentials();
		}

		@Override
		public SelectionKey register(Selector selector, int operations, Object attachment)
				throws ClosedChannelException {
			return this.socket.register(selector, operations, attachment);
		}

		@Override
		public boolean isOpen() {
			return this.socket.isOpen();
		}

		@Override
		public void close() {
			this.socket.close();
		}

	}

}
