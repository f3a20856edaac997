package io.github.udsboot.transport.memory;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.interleaving.Steps;

/**
 * Waits for {@link MemorySocket}s.
 */
final class MemorySelector extends Selector {

	private final Set<Key> keys = new LinkedHashSet<>();

	private final Set<SelectionKey> selected = new LinkedHashSet<>();

	private boolean open = true;

	private boolean woken;

	@Override
	public boolean isOpen() {
		return this.open;
	}

	@Override
	public SelectorProvider provider() {
		throw new UnsupportedOperationException();
	}

	@Override
	public Set<SelectionKey> keys() {
		checkOpen();
		return Set.copyOf(this.keys);
	}

	@Override
	public Set<SelectionKey> selectedKeys() {
		checkOpen();
		return this.selected;
	}

	@Override
	public int selectNow() {
		Steps.point();
		return collect();
	}

	@Override
	public int select(long timeout) {
		if (timeout == 0) {
			return select();
		}
		Steps.point();
		Steps.await(this::isToReturn, TimeUnit.MILLISECONDS.toNanos(timeout));
		return collect();
	}

	@Override
	public int select() {
		Steps.point();
		Steps.await(this::isToReturn, Long.MAX_VALUE);
		return collect();
	}

	private boolean isToReturn() {
		if (this.woken || !this.open) {
			return true;
		}
		for (Key key : this.keys) {
			if (key.isValid() && key.ready() != 0) {
				return true;
			}
		}
		return false;
	}

	private int collect() {
		checkOpen();
		this.woken = false;
		this.keys.removeIf((key) -> !key.valid);
		this.selected.removeIf((key) -> !key.isValid());
		int count = 0;
		for (Key key : this.keys) {
			key.readyOps = key.ready();
			if (key.readyOps != 0 && this.selected.add(key)) {
				count++;
			}
		}
		return count;
	}

	private void checkOpen() {
		if (!this.open) {
			throw new ClosedSelectorException();
		}
	}

	@Override
	public Selector wakeup() {
		Steps.point();
		this.woken = true;
		return this;
	}

	@Override
	public void close() {
		Steps.point();
		this.open = false;
		this.keys.forEach(Key::cancel);
	}

	/** What can be ready. */
	interface Source {

		int readyOperations();

	}

	/** Those of one socket, which lasts no longer than they do. */
	static final class Keys {

		private final List<Key> keys = new ArrayList<>();

		SelectionKey add(MemorySelector selector, Source source, int operations, @Nullable Object attachment) {
			selector.checkOpen();
			Key key = new Key(selector, source, operations);
			key.attach(attachment);
			selector.keys.add(key);
			this.keys.add(key);
			return key;
		}

		void cancel() {
			this.keys.forEach(Key::cancel);
		}

	}

	private static final class Key extends SelectionKey {

		private final MemorySelector selector;

		private final Source source;

		private int interest;

		private int readyOps;

		private boolean valid = true;

		private Key(MemorySelector selector, Source source, int interest) {
			this.selector = selector;
			this.source = source;
			this.interest = interest;
		}

		private int ready() {
			return this.source.readyOperations() & this.interest;
		}

		private void checkValid() {
			if (!this.valid) {
				throw new CancelledKeyException();
			}
		}

		@Override
		public SelectableChannel channel() {
			throw new UnsupportedOperationException();
		}

		@Override
		public Selector selector() {
			return this.selector;
		}

		@Override
		public boolean isValid() {
			return this.valid;
		}

		@Override
		public void cancel() {
			this.valid = false;
		}

		@Override
		public int interestOps() {
			checkValid();
			return this.interest;
		}

		@Override
		public SelectionKey interestOps(int operations) {
			Steps.point();
			checkValid();
			this.interest = operations;
			return this;
		}

		@Override
		public int readyOps() {
			checkValid();
			return this.readyOps;
		}

	}

}
