package io.github.udsboot.protocol;

/**
 * Turns frames into bytes. Stateless and thread-safe.
 */
public interface FrameWriter {

	/**
	 * Encode a frame.
	 * @param frame the frame
	 * @return its bytes
	 * @throws FrameTooLargeException if the frame is over the limit
	 * @throws UnencodableFrameException if the frame holds what the protocol cannot
	 * express, such as a line with a delimiter in it
	 */
	EncodedFrame encode(Frame frame) throws FrameTooLargeException, UnencodableFrameException;

}
