package io.github.udsboot.transport.junixsocket;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

import org.jspecify.annotations.Nullable;

/**
 * A key of a {@link JunixsocketSelector}, wrapping junixsocket's own.
 */
final class JunixsocketKey extends SelectionKey {

	private final JunixsocketSelector selector;

	private final SelectableChannel channel;

	private volatile @Nullable SelectionKey delegate;

	private volatile int interest;

	private volatile int ready;

	private volatile boolean cancelled;

	private volatile boolean hungUp;

	JunixsocketKey(JunixsocketSelector selector, SelectableChannel channel, int interest) {
		this.selector = selector;
		this.channel = channel;
		this.interest = interest;
	}

	/**
	 * Set junixsocket's key, once. Other threads see the registration before this, so
	 * what they did in the meantime is repeated.
	 * @param delegate the key
	 */
	void delegate(SelectionKey delegate) {
		this.delegate = delegate;
		delegate.interestOps(this.interest);
		if (this.cancelled) {
			delegate.cancel();
		}
	}

	/** Note that the last selection has found that the peer has closed the connection. */
	void hungUp() {
		this.hungUp = true;
	}

	boolean isHungUp() {
		return this.hungUp;
	}

	boolean setReady(int operations) {
		this.ready = operations & this.interest;
		return this.ready != 0;
	}

	boolean addReady(int operations) {
		int before = this.ready;
		int after = before | (operations & this.interest);
		this.ready = after;
		return after != before;
	}

	@Override
	public SelectableChannel channel() {
		return this.channel;
	}

	@Override
	public Selector selector() {
		return this.selector;
	}

	@Override
	public boolean isValid() {
		return !this.cancelled && this.channel.isOpen() && this.selector.isOpen();
	}

	@Override
	public void cancel() {
		this.cancelled = true;
		SelectionKey key = this.delegate;
		if (key != null) {
			key.cancel();
		}
		this.selector.forget(this);
	}

	@Override
	public int interestOps() {
		return this.interest;
	}

	@Override
	public SelectionKey interestOps(int operations) {
		ensureValid();
		if ((operations & ~this.channel.validOps()) != 0) {
			throw new IllegalArgumentException("The channel does not support the operations " + operations);
		}
		this.interest = operations;
		SelectionKey key = this.delegate;
		if (key != null) {
			key.interestOps(operations);
		}
		return this;
	}

	@Override
	public int readyOps() {
		ensureValid();
		return this.ready;
	}

	private void ensureValid() {
		if (!isValid()) {
			throw new CancelledKeyException();
		}
	}

}
