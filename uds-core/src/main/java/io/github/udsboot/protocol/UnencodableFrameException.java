package io.github.udsboot.protocol;

/**
 * A frame holds what its protocol cannot express, such as a line with a delimiter in it.
 * Nothing was written.
 */
public class UnencodableFrameException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int offset;

	/**
	 * Create an exception.
	 * @param message what the protocol cannot express, where, and what to do about it
	 * @param offset the index of the byte where it is
	 */
	public UnencodableFrameException(String message, int offset) {
		super(message);
		this.offset = offset;
	}

	/**
	 * Return where the trouble is.
	 * @return the index of the first byte that cannot be sent, counted from the beginning
	 * of what would have gone over the wire
	 */
	public int getOffset() {
		return this.offset;
	}

}
