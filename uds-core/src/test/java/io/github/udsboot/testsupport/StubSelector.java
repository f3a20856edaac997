package io.github.udsboot.testsupport;

import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.HashSet;
import java.util.Set;

/**
 * A selector without channels. A test says how it sleeps and what wakes it.
 */
public abstract class StubSelector extends Selector {

	@Override
	public int select() {
		throw new UnsupportedOperationException();
	}

	@Override
	public int select(long timeout) {
		throw new UnsupportedOperationException();
	}

	@Override
	public int selectNow() {
		return 0;
	}

	@Override
	public Set<SelectionKey> keys() {
		return Set.of();
	}

	@Override
	public Set<SelectionKey> selectedKeys() {
		return new HashSet<>();
	}

	@Override
	public boolean isOpen() {
		return true;
	}

	@Override
	public SelectorProvider provider() {
		throw new UnsupportedOperationException();
	}

	@Override
	public void close() {
		throw new UnsupportedOperationException();
	}

}
