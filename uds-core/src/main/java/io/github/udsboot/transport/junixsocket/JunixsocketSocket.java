package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.transport.ConnectionResetException;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.peer.Moment;
import io.github.udsboot.transport.peer.PeerLookup;

/**
 * A connected, non-blocking descriptor of junixsocket.
 * <p>
 * junixsocket passes the number of the descriptor to the kernel unguarded: after a close
 * in between, and a new connection that gets the same number, the bytes would go to the
 * wrong peer. So each direction has a lock, and {@link #close()} takes both. No call
 * blocks, so no thread waits long.
 */
final class JunixsocketSocket implements UdsSocket {

	private static final Log logger = GuardedLog.of(JunixsocketSocket.class);

	private final Lock reading = new ReentrantLock();

	private final Lock writing = new ReentrantLock();

	private final Moment connected = Moment.now();

	private final AFUNIXSocketChannel channel;

	private final DescriptorStream input;

	private final DescriptorStream output;

	private volatile @Nullable JunixsocketKey key;

	private volatile boolean closed;

	/**
	 * Use a connected channel. On a platform thread only.
	 * @param channel the channel
	 * @throws IOException if it cannot be made non-blocking
	 */
	JunixsocketSocket(AFUNIXSocketChannel channel) throws IOException {
		this.channel = channel;
		channel.configureBlocking(false);
		this.input = DescriptorStream.input(channel.getFileDescriptor());
		this.output = DescriptorStream.output(channel.getFileDescriptor());
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		return PlatformThreads.call(() -> guarded(this.reading, () -> readHere(target)));
	}

	private int readHere(ByteBuffer target) throws IOException {
		try {
			return this.input.transfer(target);
		}
		catch (IOException ex) {
			// The text of ECONNRESET is in the language of the environment, and its class
			// says nothing. But the kernel reports it once, and then the end of the input
			if (isAtEnd(target)) {
				throw new ConnectionResetException(ex);
			}
			throw ex;
		}
	}

	private boolean isAtEnd(ByteBuffer target) {
		try {
			return this.input.transfer(target.duplicate()) < 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		return PlatformThreads.call(() -> guarded(this.writing, () -> this.output.transfer(source)));
	}

	@Override
	public void shutdownOutput() throws IOException {
		PlatformThreads.call(() -> guarded(this.writing, this.channel::shutdownOutput));
	}

	@Override
	public PeerCredentials peerCredentials() throws IOException {
		AFUNIXSocketCredentials peer = PlatformThreads
			.call(() -> guarded(this.reading, this.channel::getPeerCredentials));
		if (peer == null || peer.getUid() < 0 || peer.getGid() < 0) {
			throw new IOException("This system does not tell who the peer is");
		}
		// Without the lock: a lookup may query a directory service
		PeerNames.Principals principals = PeerNames.shared().find(peer.getPid(), peer.getUid(), peer.getGid());
		return new PeerCredentials(principals.user(), principals.group(), peer.getPid(), peer.getUid(), peer.getGid(),
				PeerLookup.shared()
					.ofProcess(principals.user(), peer.getPid(), peer.getUid(), peer.getGid(), this.connected));
	}

	private <T> T guarded(Lock lock, PlatformThreads.IoCall<T> call) throws IOException {
		lock.lock();
		try {
			if (this.closed) {
				throw new ClosedChannelException();
			}
			return call.run();
		}
		finally {
			lock.unlock();
		}
	}

	@Override
	public SelectionKey register(Selector selector, int operations, @Nullable Object attachment)
			throws ClosedChannelException {
		JunixsocketKey key = JunixsocketSelector.of(selector).register(this.channel, operations, attachment);
		this.key = key;
		return key;
	}

	@Override
	public boolean hasPeerGone() {
		JunixsocketKey key = this.key;
		return key != null && key.isHungUp();
	}

	@Override
	public boolean isOpen() {
		return !this.closed;
	}

	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		try {
			PlatformThreads.call(this::closeChannel);
		}
		catch (IOException ex) {
			logger.debug("Closing " + this.channel + " reported a failure", ex);
		}
	}

	private boolean closeChannel() throws IOException {
		this.reading.lock();
		this.writing.lock();
		try {
			this.closed = true;
			this.channel.close();
			return true;
		}
		finally {
			this.writing.unlock();
			this.reading.unlock();
		}
	}

	@Override
	public String toString() {
		return this.channel.toString();
	}

}
