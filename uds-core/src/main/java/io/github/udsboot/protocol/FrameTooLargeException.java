package io.github.udsboot.protocol;

/**
 * A frame to be written, or a part of it, exceeds the limit. Nothing was written.
 */
public class FrameTooLargeException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param size the size of the frame's data in bytes
	 * @param limit the limit in bytes
	 */
	public FrameTooLargeException(long size, int limit) {
		this("Frame", size, limit);
	}

	/**
	 * Create an exception for a part of a frame that has a limit of its own.
	 * @param part the part, as the beginning of a sentence
	 * @param size the size of the part in bytes
	 * @param limit the limit in bytes
	 */
	public FrameTooLargeException(String part, long size, int limit) {
		super(part + " of " + size + " bytes is over the limit of " + limit + " bytes");
	}

}
