package io.github.udsboot.protocol;

/**
 * A decoded message of a protocol.
 */
public sealed interface Frame
		permits RequestFrame, ResponseFrame, DataFrame, MessageFrame, InvalidFrame, ExtensionFrame, RefusalFrame {

	/**
	 * Return the id that ties an answer to its request within one connection.
	 * @return the stream id, unsigned
	 */
	long streamId();

}
