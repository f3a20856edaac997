package io.github.udsboot.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;

/**
 * A socket that takes as many bytes as the test says, and remembers each write.
 */
public class FakeSocket extends StubSocket {

	private final ByteArrayOutputStream written = new ByteArrayOutputStream();

	private final List<Integer> writes = new ArrayList<>();

	private final List<Thread> inside = new ArrayList<>();

	private long room = Long.MAX_VALUE;

	private boolean failing;

	private volatile boolean open = true;

	private volatile boolean overlapped;

	private volatile Runnable duringWrite = () -> {
	};

	/** Let the kernel take so many bytes more. */
	public synchronized void makeRoom(long bytes) {
		this.room = bytes;
	}

	public synchronized void failFromNowOn() {
		this.failing = true;
	}

	/** Run something in the middle of each write, as another thread might. */
	public void duringWrite(Runnable action) {
		this.duringWrite = action;
	}

	public synchronized byte[] written() {
		return this.written.toByteArray();
	}

	public synchronized List<Integer> writes() {
		return List.copyOf(this.writes);
	}

	public boolean hadTwoWritersAtOnce() {
		return this.overlapped;
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		enter();
		try {
			this.duringWrite.run();
			return take(source);
		}
		finally {
			leave();
		}
	}

	private synchronized void enter() {
		this.overlapped |= !this.inside.isEmpty();
		this.inside.add(Thread.currentThread());
	}

	private synchronized void leave() {
		this.inside.remove(Thread.currentThread());
	}

	private synchronized int take(ByteBuffer source) throws IOException {
		if (!this.open) {
			throw new ClosedChannelException();
		}
		if (this.failing) {
			throw new IOException("Broken pipe");
		}
		int count = (int) Math.min(this.room, source.remaining());
		byte[] bytes = new byte[count];
		source.get(bytes);
		this.written.writeBytes(bytes);
		this.writes.add(count);
		this.room -= count;
		return count;
	}

	@Override
	public void shutdownOutput() {
	}

	@Override
	public boolean isOpen() {
		return this.open;
	}

	@Override
	public void close() {
		this.open = false;
	}

}
