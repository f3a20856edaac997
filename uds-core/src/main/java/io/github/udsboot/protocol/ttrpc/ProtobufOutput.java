package io.github.udsboot.protocol.ttrpc;

import io.github.udsboot.protocol.Utf8;

/**
 * Writes the fields of a protobuf message into an array of the right size, measured
 * beforehand. Field numbers are below 16, so that a tag takes one byte.
 */
final class ProtobufOutput {

	private final byte[] array;

	private int position;

	ProtobufOutput(byte[] array, int position) {
		this.array = array;
		this.position = position;
	}

	/** Return the size of a varint. */
	static int varintSize(long value) {
		return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
	}

	/** Return the size of a field of bytes, a string or an embedded message. */
	static int fieldSize(int length) {
		return 1 + varintSize(length) + length;
	}

	/** Return the size of a field of bytes or a string that is omitted when empty. */
	static int optionalSize(int length) {
		return (length != 0) ? fieldSize(length) : 0;
	}

	void writeVarint(int tag, long value) {
		this.array[this.position++] = (byte) tag;
		writeVarint(value);
	}

	/** Write the tag and the length of a field, whose bytes follow. */
	void writeLength(int tag, int length) {
		this.array[this.position++] = (byte) tag;
		writeVarint(length);
	}

	void writeBytes(int tag, byte[] bytes) {
		writeLength(tag, bytes.length);
		System.arraycopy(bytes, 0, this.array, this.position, bytes.length);
		this.position += bytes.length;
	}

	/** Write part of a string whose length in UTF-8 is known. */
	void writeString(int tag, int length, String text, int from, int to) {
		writeLength(tag, length);
		this.position = Utf8.write(text, from, to, this.array, this.position);
	}

	byte[] array() {
		return this.array;
	}

	private void writeVarint(long value) {
		long rest = value;
		while ((rest & ~0x7fL) != 0) {
			this.array[this.position++] = (byte) (rest | 0x80);
			rest >>>= 7;
		}
		this.array[this.position++] = (byte) rest;
	}

}
