package io.github.udsboot.protocol.line;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.GatheredBytes;
import io.github.udsboot.protocol.InvalidFrame;

/**
 * Splits the bytes of a connection into lines. A line that is entirely in the caller's
 * buffer is decoded in place; bytes are kept only of partial lines, and for lines that
 * are too long only the fact that they are.
 */
final class LineFrameReader implements FrameReader {

	private final Delimiter delimiter;

	private final LineDecoder decoder;

	private final int maxLength;

	private final DelimiterSearch search;

	/** An unfinished line, possibly with a part of its delimiter. */
	private @Nullable GatheredBytes begun;

	/** The unfinished line is too long. */
	private boolean skipping;

	LineFrameReader(Delimiter delimiter, LineDecoder decoder, int maxLength) {
		this.delimiter = delimiter;
		this.decoder = decoder;
		this.maxLength = maxLength;
		this.search = new DelimiterSearch(delimiter);
	}

	@Override
	public @Nullable Frame read(ByteBuffer in) {
		int from = in.position();
		int end = this.search.find(in, from, in.limit());
		if (end < 0) {
			in.position(in.limit());
			keep(in, from, in.limit());
			return null;
		}
		in.position(end);
		Frame frame = finish(in, from, end);
		this.begun = null;
		this.skipping = false;
		return frame;
	}

	@Override
	public @Nullable ByteBuffer target() {
		return null;
	}

	@Override
	public boolean isMidFrame() {
		return this.begun != null || this.skipping;
	}

	@Override
	public long heldBytes() {
		return (this.begun != null) ? this.begun.heldBytes() : 0;
	}

	private void keep(ByteBuffer in, int from, int to) {
		if (from == to || this.skipping) {
			return;
		}
		GatheredBytes begun = this.begun;
		long length = ((begun != null) ? begun.size() : 0) + (long) (to - from);
		if (length - this.search.matched() > greatestLength()) {
			this.begun = null;
			this.skipping = true;
			return;
		}
		if (begun == null) {
			begun = new GatheredBytes(greatestLength() + this.delimiter.length());
			this.begun = begun;
		}
		begun.add(in, from, to - from);
	}

	private Frame finish(ByteBuffer in, int from, int end) {
		GatheredBytes begun = this.begun;
		if (this.skipping) {
			return tooLong();
		}
		if (begun == null) {
			return decode(in, from, end - this.delimiter.length());
		}
		long length = begun.size() + (long) (end - from) - this.delimiter.length();
		if (length > greatestLength()) {
			return tooLong();
		}
		// negative if the delimiter began in the gathered bytes
		int missing = (int) length - begun.size();
		if (missing > 0) {
			begun.add(in, from, missing);
		}
		return decode(begun.buffer(), 0, (int) length);
	}

	private Frame decode(ByteBuffer in, int from, int to) {
		int contentEnd = this.delimiter.contentEnd(in, from, to);
		return (contentEnd - from <= this.maxLength) ? this.decoder.decode(in, from, contentEnd) : tooLong();
	}

	/**
	 * Return the maximum length of a line before its delimiter: a carriage return is not
	 * content.
	 */
	private int greatestLength() {
		return this.maxLength + 1;
	}

	private InvalidFrame tooLong() {
		return new InvalidFrame(0, Status.RESOURCE_EXHAUSTED, "Line is over the limit of " + this.maxLength + " bytes");
	}

}
