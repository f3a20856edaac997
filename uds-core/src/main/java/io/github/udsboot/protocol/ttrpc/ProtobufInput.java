package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.github.udsboot.protocol.Utf8;

/**
 * A cursor over a protobuf message, as strict as Go's decoder. It reads the message in
 * place and allocates only what is requested.
 *
 * <pre>
 * message = { tag value }        tag = varint of (field number &lt;&lt; 3 | wire type)
 *
 * wire type 0  varint            little end first, 7 bits a byte, bit 7: more follow
 *           1  8 bytes
 *           2  varint length, then as many bytes
 *           3  fields up to the tag of the same number with type 4
 *           5  4 bytes
 * </pre>
 */
final class ProtobufInput {

	/** As in protobuf-java; each level costs a stack frame. */
	private static final int MAX_GROUP_DEPTH = 100;

	private static final long MAX_TAG = (1L << 32) - 1;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private ByteBuffer buffer = NOTHING;

	private int position;

	private int limit;

	/** Begin to read a message in a buffer with big-endian order. */
	void open(ByteBuffer buffer, int from, int to) {
		this.buffer = buffer;
		this.position = from;
		this.limit = to;
	}

	/** Release the buffer. */
	void close() {
		open(NOTHING, 0, 0);
	}

	/** Return the index of the next byte. */
	int position() {
		return this.position;
	}

	/** Move past bytes that {@link #readLength} has announced. */
	void skip(int length) {
		this.position += length;
	}

	/**
	 * Enter an embedded message.
	 * @return the value to pass to {@link #leave} after the last field
	 */
	int enter() throws EnvelopeException {
		int length = readLength();
		int outer = this.limit;
		this.limit = this.position + length;
		return outer;
	}

	/** Leave an embedded message, whose end {@link #readTag} has reached. */
	void leave(int outer) {
		this.limit = outer;
	}

	/** Read a tag; 0 at the end of the message. */
	int readTag() throws EnvelopeException {
		if (this.position == this.limit) {
			return 0;
		}
		long tag = readVarint();
		if (tag < 0 || tag > MAX_TAG || (tag >>> 3) == 0) {
			throw EnvelopeException.malformed("field number out of range");
		}
		return (int) tag;
	}

	long readVarint() throws EnvelopeException {
		// nearly all tags and most lengths take one byte
		if (this.position < this.limit && this.buffer.get(this.position) >= 0) {
			return this.buffer.get(this.position++);
		}
		return readLongVarint();
	}

	private long readLongVarint() throws EnvelopeException {
		long value = 0;
		for (int shift = 0; shift < 64; shift += 7) {
			if (this.position == this.limit) {
				throw truncated();
			}
			byte next = this.buffer.get(this.position++);
			value |= (long) (next & 0x7f) << shift;
			if (next >= 0) {
				if (shift == 63 && next > 1) {
					break;
				}
				return value;
			}
		}
		throw EnvelopeException.malformed("number of more than 64 bits");
	}

	/** Read the length of the following bytes, which are all present. */
	int readLength() throws EnvelopeException {
		long length = readVarint();
		if (length < 0 || length > this.limit - this.position) {
			throw truncated();
		}
		return (int) length;
	}

	/** Read the length of a string, check the string, and move past it. */
	int skipString() throws EnvelopeException {
		int length = readLength();
		requireUtf8(this.position, length);
		this.position += length;
		return length;
	}

	String readString() throws EnvelopeException {
		int length = skipString();
		return string(this.position - length, length);
	}

	/** Return bytes that have been checked to be a string. */
	String string(int from, int length) {
		return (length != 0) ? new String(bytes(from, length), StandardCharsets.UTF_8) : "";
	}

	byte[] bytes(int from, int length) {
		byte[] bytes = new byte[length];
		this.buffer.get(from, bytes);
		return bytes;
	}

	void copy(int from, byte[] target, int at, int length) {
		this.buffer.get(from, target, at, length);
	}

	void requireUtf8(int from, int length) throws EnvelopeException {
		if (!Utf8.isValid(this.buffer, from, from + length)) {
			throw EnvelopeException.malformed("string is not valid UTF-8");
		}
	}

	/** Return whether a range of the message contains the expected bytes. */
	boolean matches(int from, int length, byte[] expected) {
		return this.buffer.slice(from, length).equals(ByteBuffer.wrap(expected));
	}

	/** Return a cursor over a range of the message. */
	ProtobufInput part(int from, int length) {
		ProtobufInput part = new ProtobufInput();
		part.open(this.buffer, from, from + length);
		return part;
	}

	/** Move past the value of an unknown field, or of a known one with another type. */
	void skipField(int tag) throws EnvelopeException {
		skipField(tag, 0);
	}

	private void skipField(int tag, int depth) throws EnvelopeException {
		switch (tag & 7) {
			case 0 -> readVarint();
			case 1 -> skipFixed(Long.BYTES);
			case 2 -> skip(readLength());
			case 3 -> skipGroup(tag >>> 3, depth + 1);
			case 5 -> skipFixed(Integer.BYTES);
			case 4 -> throw EnvelopeException.malformed("end of a group that did not begin");
			default -> throw EnvelopeException.malformed("unknown wire type");
		}
	}

	private void skipGroup(int number, int depth) throws EnvelopeException {
		if (depth > MAX_GROUP_DEPTH) {
			throw EnvelopeException.malformed("groups nested too deep");
		}
		int tag = readTag();
		while ((tag & 7) != 4) {
			if (tag == 0) {
				throw truncated();
			}
			skipField(tag, depth);
			tag = readTag();
		}
		if (tag >>> 3 != number) {
			throw EnvelopeException.malformed("end of another group");
		}
	}

	private void skipFixed(int length) throws EnvelopeException {
		if (length > this.limit - this.position) {
			throw truncated();
		}
		this.position += length;
	}

	private static EnvelopeException truncated() {
		return EnvelopeException.malformed("truncated field");
	}

}
