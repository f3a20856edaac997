package io.github.udsboot.testsupport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

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
public class HookedTransport implements UdsTransport {

	private final UdsTransport delegate;

	public HookedTransport(UdsTransport delegate) {
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

	/** Called after a socket was closed for the first time. */
	protected void closed() {
	}

	/** Called after a selector was closed for the first time. */
	protected void selectorClosed() {
	}

	/** Called before a socket is registered. */
	protected void registering() {
	}

	/** Called when the interest of a key is about to change, on the thread that does. */
	protected void changing(int from, int to) {
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
		return new HookedSelector(this.delegate.openSelector());
	}

	private final class HookedSocket implements UdsSocket {

		private final UdsSocket socket;

		private final AtomicBoolean closed = new AtomicBoolean();

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
			HookedTransport.this.registering();
			HookedSelector hooked = (HookedSelector) selector;
			HookedKey key = new HookedKey(hooked);
			key.attach(attachment);
			key.delegate = this.socket.register(hooked.selector, operations, key);
			return key;
		}

		@Override
		public boolean isOpen() {
			return this.socket.isOpen();
		}

		@Override
		public void close() {
			this.socket.close();
			if (this.closed.compareAndSet(false, true)) {
				HookedTransport.this.closed();
			}
		}

	}

	private final class HookedSelector extends Selector {

		private final Selector selector;

		private final AtomicBoolean closed = new AtomicBoolean();

		private HookedSelector(Selector selector) {
			this.selector = selector;
		}

		@Override
		public boolean isOpen() {
			return this.selector.isOpen();
		}

		@Override
		public SelectorProvider provider() {
			return this.selector.provider();
		}

		@Override
		public Set<SelectionKey> keys() {
			throw new UnsupportedOperationException();
		}

		@Override
		public Set<SelectionKey> selectedKeys() {
			Set<SelectionKey> selected = this.selector.selectedKeys();
			return new AbstractSet<>() {

				@Override
				public Iterator<SelectionKey> iterator() {
					return selected.stream().map((key) -> (SelectionKey) key.attachment()).iterator();
				}

				@Override
				public int size() {
					return selected.size();
				}

				@Override
				public void clear() {
					selected.clear();
				}

			};
		}

		@Override
		public int selectNow() throws IOException {
			return this.selector.selectNow();
		}

		@Override
		public int select(long timeout) throws IOException {
			return this.selector.select(timeout);
		}

		@Override
		public int select() throws IOException {
			return this.selector.select();
		}

		@Override
		public Selector wakeup() {
			this.selector.wakeup();
			return this;
		}

		@Override
		public void close() throws IOException {
			this.selector.close();
			if (this.closed.compareAndSet(false, true)) {
				selectorClosed();
			}
		}

	}

	private final class HookedKey extends SelectionKey {

		private final HookedSelector selector;

		private SelectionKey delegate;

		private HookedKey(HookedSelector selector) {
			this.selector = selector;
		}

		@Override
		public SelectableChannel channel() {
			return this.delegate.channel();
		}

		@Override
		public Selector selector() {
			return this.selector;
		}

		@Override
		public boolean isValid() {
			return this.delegate.isValid();
		}

		@Override
		public void cancel() {
			this.delegate.cancel();
		}

		@Override
		public int interestOps() {
			return this.delegate.interestOps();
		}

		@Override
		public SelectionKey interestOps(int operations) {
			changing(this.delegate.interestOps(), operations);
			this.delegate.interestOps(operations);
			return this;
		}

		@Override
		public int readyOps() {
			return this.delegate.readyOps();
		}

	}

}
