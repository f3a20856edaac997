package io.github.udsboot.protocol;

/**
 * Turns frames into bytes. Stateless and thread-safe.
 */
public interface FrameWriter {

	/**
	 * Encode a frame.
	 * @param frame the frame
	 * @return its bytes
	 * @throws FrameTooLargeException if the frame exceeds the limit
	 * @throws UnencodableFrameException if the protocol cannot express the content of the
	 * frame, such as a line that contains a delimiter
	 */
	EncodedFrame encode(Frame frame) throws FrameTooLargeException, UnencodableFrameException;

}
