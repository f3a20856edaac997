package io.github.udsboot.connection;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.EncodedFrame;

/**
 * The frames that are being written, and how far they were copied into the buffer for the
 * kernel. Belongs to the flushing thread; while the flushing role has passed to the
 * thread that waits for the socket, to the holder of the outbox's lock.
 */
final class FrameBatch {

	/** A queue that was longer is not kept: it would hold its memory forever. */
	private static final int LONG_QUEUE = 1024;

	private FrameQueue frames = new FrameQueue();

	/** The number of entries that were copied whole. */
	private int copied;

	/** How much of the next entry was copied. */
	private int offset;

	/** Where the next write begins, in all that was ever offered. */
	private long writePosition;

	/** Frames that were sent; read by any thread, after what the outbox writes later. */
	private long takenFrames;

	/**
	 * Take over the frames of a queue.
	 * @param offered the queue
	 * @return an empty queue to use in its place
	 */
	FrameQueue takeAll(FrameQueue offered) {
		if (this.frames.size() > 0) {
			// what is copied, which is everything but gaps, stays until it is written
			this.frames.removeGaps();
			this.copied = this.frames.size();
			this.frames.takeAll(offered);
			return offered;
		}
		FrameQueue empty = (this.frames.capacity() <= LONG_QUEUE) ? this.frames : new FrameQueue();
		this.frames = offered;
		return empty;
	}

	/**
	 * Copy as much into the buffer as fits and has no gaps.
	 * @return whether there is room for more than is here
	 */
	boolean copyTo(ByteBuffer buffer) {
		while (this.copied < this.frames.size()) {
			EncodedFrame frame = this.frames.frame(this.copied);
			if (frame == null) {
				this.copied++;
				continue;
			}
			long position = this.frames.position(this.copied) + this.offset;
			if (buffer.position() == 0) {
				this.writePosition = position;
			}
			else if (position != this.writePosition + buffer.position()) {
				return false;
			}
			this.offset = copy(frame, this.offset, buffer);
			if (this.offset < frame.size()) {
				return false;
			}
			this.copied++;
			this.offset = 0;
		}
		return buffer.position() == 0 || buffer.hasRemaining();
	}

	private static int copy(EncodedFrame frame, int offset, ByteBuffer buffer) {
		int head = frame.head().length;
		int done = offset;
		if (done < head) {
			int count = Math.min(head - done, buffer.remaining());
			buffer.put(frame.head(), done, count);
			done += count;
		}
		if (done >= head) {
			int count = Math.min(frame.size() - done, buffer.remaining());
			buffer.put(frame.body(), done - head, count);
			done += count;
		}
		return done;
	}

	/** Remove the copied frames, all of which are written. */
	void removeCopied() {
		for (int i = 0; i < this.copied; i++) {
			this.takenFrames += (this.frames.frame(i) != null) ? 1 : 0;
		}
		this.frames.removeFirst(this.copied);
		this.copied = 0;
	}

	/**
	 * Discard what was copied and not written, so that each frame is whole again, except
	 * one that was written in part.
	 */
	void uncopy(ByteBuffer buffer) {
		buffer.clear().limit(0);
		this.copied = 0;
		this.offset = 0;
		dropWritten();
	}

	private void dropWritten() {
		int count = 0;
		while (count < this.frames.size()) {
			EncodedFrame frame = this.frames.frame(count);
			long begin = this.frames.position(count);
			if (frame != null && begin + frame.size() > this.writePosition) {
				this.offset = (int) Math.max(0, this.writePosition - begin);
				break;
			}
			this.takenFrames += (frame != null) ? 1 : 0;
			count++;
		}
		this.frames.removeFirst(count);
	}

	/**
	 * Withdraw a frame, unless a part of it was written.
	 * @return the frame, or {@code null} if it stays or is not here
	 */
	@Nullable EncodedFrame withdrawWhole(long position) {
		return (position >= this.writePosition) ? this.frames.withdraw(position) : null;
	}

	long writePosition() {
		return this.writePosition;
	}

	/** Note that the kernel has taken some bytes. */
	void written(int count) {
		this.writePosition += count;
	}

	/** Return how many frames were sent. */
	long takenFrames() {
		return this.takenFrames;
	}

	void clear() {
		this.frames.clear();
		this.copied = 0;
		this.offset = 0;
	}

}
