package io.github.udsboot.connection;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.EncodedFrame;

/**
 * Frames in writing order, each with its position: the number of bytes offered before it.
 * A frame can be taken out of the middle, which leaves a gap until its turn comes. Not
 * thread-safe.
 */
final class FrameQueue {

	private static final int MIN_CAPACITY = 4;

	/** A ring, as is the array below; the length is a power of two. */
	private @Nullable EncodedFrame[] frames = new EncodedFrame[MIN_CAPACITY];

	private long[] positions = new long[MIN_CAPACITY];

	private int head;

	/** The number of entries, gaps included. */
	private int size;

	private int gaps;

	boolean isEmpty() {
		return this.size == this.gaps;
	}

	int size() {
		return this.size;
	}

	int capacity() {
		return this.frames.length;
	}

	void add(EncodedFrame frame, long position) {
		if (this.size == this.frames.length) {
			if (this.gaps > this.size / 2) {
				move(this.frames.length);
			}
			else {
				move(this.frames.length * 2);
			}
		}
		int slot = slot(this.size++);
		this.frames[slot] = frame;
		this.positions[slot] = position;
	}

	/** Add all entries of another queue, and leave that queue empty. */
	void takeAll(FrameQueue other) {
		for (int i = 0; i < other.size; i++) {
			EncodedFrame frame = other.frame(i);
			if (frame != null) {
				add(frame, other.position(i));
			}
		}
		other.clear();
	}

	/** Remove the gaps left by frames that were taken out of the middle. */
	void removeGaps() {
		if (this.gaps > 0) {
			move(this.frames.length);
		}
	}

	/** Return a frame, or {@code null} for a gap. */
	@Nullable EncodedFrame frame(int index) {
		return this.frames[slot(index)];
	}

	long position(int index) {
		return this.positions[slot(index)];
	}

	/** Drop the first entries, whether frames or gaps. */
	void removeFirst(int count) {
		for (int i = 0; i < count; i++) {
			if (this.frames[this.head] == null) {
				this.gaps--;
			}
			this.frames[this.head] = null;
			this.head = slot(1);
		}
		this.size -= count;
	}

	/**
	 * Take a frame out of the middle.
	 * @param position its position
	 * @return the frame, or {@code null} if it is not here
	 */
	@Nullable EncodedFrame withdraw(long position) {
		int low = 0;
		int high = this.size - 1;
		while (low <= high) {
			int middle = (low + high) >>> 1;
			long found = position(middle);
			if (found == position) {
				int slot = slot(middle);
				EncodedFrame frame = this.frames[slot];
				this.frames[slot] = null;
				this.gaps += (frame != null) ? 1 : 0;
				return frame;
			}
			if (found < position) {
				low = middle + 1;
			}
			else {
				high = middle - 1;
			}
		}
		return null;
	}

	void clear() {
		removeFirst(this.size);
	}

	/** Move to new arrays, without the gaps. */
	private void move(int capacity) {
		@Nullable EncodedFrame[] frames = new EncodedFrame[capacity];
		long[] positions = new long[capacity];
		int count = 0;
		for (int i = 0; i < this.size; i++) {
			EncodedFrame frame = frame(i);
			if (frame != null) {
				frames[count] = frame;
				positions[count++] = position(i);
			}
		}
		this.frames = frames;
		this.positions = positions;
		this.head = 0;
		this.size = count;
		this.gaps = 0;
	}

	private int slot(int index) {
		return (this.head + index) & (this.frames.length - 1);
	}

}
