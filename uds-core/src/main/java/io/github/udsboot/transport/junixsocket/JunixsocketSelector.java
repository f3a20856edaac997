package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;

/**
 * junixsocket's selector with the behavior of the JDK's, so that one event loop serves
 * both:
 * <ul>
 * <li>A peer that has hung up makes junixsocket's key permanently invalid, even while
 * bytes wait to be read, and even if the key has no interest set. Here such a key stays
 * valid and is ready for every operation of its interest set, until it is cancelled.</li>
 * <li>Each {@link #wakeup()} of junixsocket writes to a pipe, and blocks if the pipe is
 * full. Here one wakeup is in progress at a time; from a virtual thread it is made by a
 * platform thread.</li>
 * <li>A signal that interrupts the wait ends it without keys and without an
 * exception.</li>
 * </ul>
 * Select on platform threads only; the other methods may be called by any thread.
 */
final class JunixsocketSelector extends Selector {

	private static final Log logger = GuardedLog.of(JunixsocketSelector.class);

	private static final long FOR_EVER = -1;

	private final Map<SelectableChannel, JunixsocketKey> keys = new ConcurrentHashMap<>();

	private final Set<SelectionKey> selectedKeys = new HashSet<>();

	private final Set<JunixsocketKey> hungUp = new HashSet<>();

	private final Lock selecting = new ReentrantLock();

	private final AtomicBoolean woken = new AtomicBoolean();

	private final AtomicBoolean open = new AtomicBoolean(true);

	private final Selector selector;

	JunixsocketSelector(Selector selector) {
		this.selector = selector;
	}

	static JunixsocketSelector of(Selector selector) {
		if (selector instanceof JunixsocketSelector ours) {
			return ours;
		}
		throw new IllegalSelectorException();
	}

	/**
	 * Register a channel, or change its registration.
	 * @param channel the channel
	 * @param operations the interest set
	 * @param attachment the attachment of the key
	 * @return the key
	 * @throws ClosedChannelException if the channel is closed
	 */
	JunixsocketKey register(SelectableChannel channel, int operations, @Nullable Object attachment)
			throws ClosedChannelException {
		ensureOpen();
		JunixsocketKey present = this.keys.get(channel);
		if (present != null && present.isValid()) {
			present.interestOps(operations);
			present.attach(attachment);
			return present;
		}
		JunixsocketKey key = new JunixsocketKey(this, channel, operations);
		key.attach(attachment);
		// The delegate is read back from its attachment, never the other way round: the
		// selecting thread may see it before this method returns
		this.keys.put(channel, key);
		key.delegate(channel.register(this.selector, operations, key));
		return key;
	}

	void forget(JunixsocketKey key) {
		this.keys.remove(key.channel(), key);
	}

	@Override
	public int select() throws IOException {
		return select0(FOR_EVER);
	}

	@Override
	public int select(long timeout) throws IOException {
		if (timeout < 0) {
			throw new IllegalArgumentException("Timeout must not be negative but is " + timeout);
		}
		return select0((timeout == 0) ? FOR_EVER : timeout);
	}

	@Override
	public int selectNow() throws IOException {
		return select0(0);
	}

	private int select0(long timeout) throws IOException {
		this.selecting.lock();
		try {
			ensureOpen();
			this.keys.values().removeIf((key) -> !key.isValid());
			this.hungUp.removeIf((key) -> !key.isValid());
			this.selectedKeys.removeIf((key) -> !key.isValid());
			boolean ready = this.hungUp.stream().anyMatch((key) -> key.interestOps() != 0);
			await(ready ? 0 : timeout);
			// An exchange rather than a write: what a thread did before a wakeup() that
			// found the flag set is visible from here on
			this.woken.getAndSet(false);
			return collect();
		}
		finally {
			this.selecting.unlock();
		}
	}

	private void await(long timeout) throws IOException {
		try {
			if (timeout == FOR_EVER) {
				this.selector.select();
			}
			else if (timeout == 0) {
				this.selector.selectNow();
			}
			else {
				this.selector.select(timeout);
			}
		}
		catch (SocketTimeoutException ex) {
			// Nothing is ready
		}
		catch (SocketException ex) {
			// poll(2) is not restarted after a signal, for instance a profiler's
			if (!"Interrupted system call".equals(ex.getMessage())) {
				throw ex;
			}
		}
		catch (ClosedSelectorException ex) {
			ensureOpen();
		}
	}

	private int collect() {
		int updated = 0;
		for (SelectionKey delegate : this.selector.selectedKeys()) {
			if (delegate.attachment() instanceof JunixsocketKey key && key.isValid()) {
				if (!delegate.isValid()) {
					this.hungUp.add(key);
					key.hungUp();
				}
				else if (select(key, delegate.readyOps())) {
					updated++;
				}
			}
		}
		for (JunixsocketKey key : this.hungUp) {
			if (select(key, ~0)) {
				updated++;
			}
		}
		return updated;
	}

	private boolean select(JunixsocketKey key, int operations) {
		if (this.selectedKeys.contains(key)) {
			return key.addReady(operations);
		}
		if (key.setReady(operations)) {
			this.selectedKeys.add(key);
			return true;
		}
		return false;
	}

	@Override
	public Selector wakeup() {
		if (isOpen() && !this.woken.getAndSet(true)) {
			try {
				PlatformThreads.call(this.selector::wakeup);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return this;
	}

	@Override
	public Set<SelectionKey> keys() {
		ensureOpen();
		return Set.copyOf(this.keys.values());
	}

	@Override
	public Set<SelectionKey> selectedKeys() {
		ensureOpen();
		return this.selectedKeys;
	}

	@Override
	public SelectorProvider provider() {
		return this.selector.provider();
	}

	@Override
	public boolean isOpen() {
		return this.open.get();
	}

	private void ensureOpen() {
		if (!isOpen()) {
			throw new ClosedSelectorException();
		}
	}

	@Override
	public void close() {
		if (!this.open.compareAndSet(true, false)) {
			return;
		}
		try {
			PlatformThreads.call(this::closeSelector);
		}
		catch (IOException ex) {
			logger.debug("Closing a selector reported a failure", ex);
		}
	}

	private boolean closeSelector() throws IOException {
		// The selecting thread leaves first, or else it would wait on descriptors that
		// are gone
		this.selector.wakeup();
		this.selecting.lock();
		try (this.selector) {
			this.keys.values().forEach(JunixsocketKey::cancel);
			this.keys.clear();
			this.hungUp.clear();
			this.selectedKeys.clear();
			return true;
		}
		finally {
			this.selecting.unlock();
		}
	}

}
