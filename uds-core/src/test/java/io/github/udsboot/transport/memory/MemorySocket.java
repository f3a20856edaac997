package io.github.udsboot.transport.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.interleaving.Steps;
import io.github.udsboot.transport.UdsSocket;

/**
 * One end of a connection; what is written at one end can be read at the other at once.
 */
public final class MemorySocket implements UdsSocket, MemorySelector.Source {

	private static final PeerCredentials PEER = new PeerCredentials(() -> "somebody", () -> "all", 1L, 1L, 1L);

	private final Queue<Byte> arrived = new ArrayDeque<>();

	private final MemorySelector.Keys keys = new MemorySelector.Keys();

	private MemorySocket peer;

	private boolean open = true;

	/** The peer writes no more. */
	private boolean ended;

	private int capacity = Integer.MAX_VALUE;

	MemorySocket() {
		this.peer = this;
	}

	MemorySocket(MemorySocket peer) {
		this.peer = peer;
		peer.peer = this;
	}

	/** Let no more than so many bytes wait to be read at this end. */
	public void limit(int capacity) {
		this.capacity = capacity;
	}

	/** Return how many bytes can be read at this end. */
	public int available() {
		return this.arrived.size();
	}

	/** Return whether the peer writes no more. */
	public boolean isEnded() {
		return this.ended;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		Steps.point();
		checkOpen();
		int count = 0;
		while (target.hasRemaining() && !this.arrived.isEmpty()) {
			target.put(this.arrived.remove());
			count++;
		}
		return (count == 0 && this.ended && target.hasRemaining()) ? -1 : count;
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		Steps.point();
		checkOpen();
		if (!this.peer.open) {
			throw new IOException("Broken pipe");
		}
		int count = 0;
		while (source.hasRemaining() && this.peer.arrived.size() < this.peer.capacity) {
			this.peer.arrived.add(source.get());
			count++;
		}
		return count;
	}

	private void checkOpen() throws ClosedChannelException {
		if (!this.open) {
			throw new ClosedChannelException();
		}
	}

	@Override
	public void shutdownOutput() {
		this.peer.ended = true;
	}

	@Override
	public PeerCredentials peerCredentials() {
		return PEER;
	}

	@Override
	public SelectionKey register(Selector selector, int operations, @Nullable Object attachment)
			throws ClosedChannelException {
		checkOpen();
		return this.keys.add((MemorySelector) selector, this, operations, attachment);
	}

	@Override
	public int readyOperations() {
		int ready = (this.ended || !this.arrived.isEmpty()) ? SelectionKey.OP_READ : 0;
		return (!this.peer.open || this.peer.arrived.size() < this.peer.capacity) ? ready | SelectionKey.OP_WRITE
				: ready;
	}

	@Override
	public boolean isOpen() {
		return this.open;
	}

	@Override
	public void close() {
		Steps.point();
		this.open = false;
		this.peer.ended = true;
		this.keys.cancel();
	}

}
