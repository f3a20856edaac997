package io.github.udsboot.transport.memory;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.interleaving.Steps;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;

/**
 * A socket that listens, and a backlog without a limit.
 */
public final class MemoryListener implements UdsServerSocket, MemorySelector.Source {

	private final UdsAddress address;

	private final Queue<MemorySocket> backlog = new ArrayDeque<>();

	private final MemorySelector.Keys keys = new MemorySelector.Keys();

	private boolean open = true;

	MemoryListener(UdsAddress address) {
		this.address = address;
	}

	void connected(MemorySocket socket) {
		this.backlog.add(socket);
	}

	/** Return whether somebody waits to be accepted. */
	public boolean hasWaiting() {
		return !this.backlog.isEmpty();
	}

	@Override
	public UdsAddress address() {
		return this.address;
	}

	@Override
	public @Nullable MemorySocket accept() throws IOException {
		Steps.point();
		if (!this.open) {
			throw new ClosedChannelException();
		}
		return this.backlog.poll();
	}

	@Override
	public SelectionKey register(Selector selector, int operations, @Nullable Object attachment)
			throws ClosedChannelException {
		if (!this.open) {
			throw new ClosedChannelException();
		}
		return this.keys.add((MemorySelector) selector, this, operations, attachment);
	}

	@Override
	public int readyOperations() {
		return this.backlog.isEmpty() ? 0 : SelectionKey.OP_ACCEPT;
	}

	@Override
	public AddressState addressState() {
		return MemoryTransport.isBound(this.address) ? AddressState.OURS : AddressState.GONE;
	}

	@Override
	public void withdraw() {
		Steps.point();
		MemoryTransport.unbind(this);
	}

	@Override
	public void close() {
		withdraw();
		this.open = false;
		this.keys.cancel();
		// as the kernel does
		this.backlog.forEach(MemorySocket::close);
		this.backlog.clear();
	}

}
