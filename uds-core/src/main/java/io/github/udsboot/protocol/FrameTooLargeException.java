package io.github.udsboot.protocol;

/**
 * A frame to be written is over the limit. Nothing was written.
 */
public class FrameTooLargeException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param size the size of the frame's data in bytes
	 * @param limit the limit in bytes
	 */
	public FrameTooLargeException(long size, int limit) {
		super("Frame of " + size + " bytes is over the limit of " + limit + " bytes");
	}

}
