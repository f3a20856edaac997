package io.github.udsboot.protocol;

/**
 * The protocol cannot express the content of a frame, such as a line that contains a
 * delimiter. Nothing was written.
 */
public class UnencodableFrameException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int offset;

	/**
	 * Create an exception.
	 * @param message what the protocol cannot express, where, and what to do about it
	 * @param offset the index of the offending byte
	 */
	public UnencodableFrameException(String message, int offset) {
		super(message);
		this.offset = offset;
	}

	/**
	 * Return the position of the problem.
	 * @return the index of the first byte that cannot be sent, counted from the beginning
	 * of what would have been sent over the wire
	 */
	public int getOffset() {
		return this.offset;
	}

}
