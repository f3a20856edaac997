package io.github.udsboot.protocol;

/**
 * A frame as it goes over the wire, in two parts so that a large payload need not be
 * copied behind its header.
 *
 * @param head the first bytes
 * @param body the bytes that follow, may be empty; not copied
 */
public record EncodedFrame(byte[] head, byte[] body) {

	/**
	 * Return the number of bytes on the wire.
	 * @return the size in bytes
	 */
	public int size() {
		return this.head.length + this.body.length;
	}

}
