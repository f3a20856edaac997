package io.github.udsboot.protocol;

/**
 * One message of a protocol, decoded.
 */
public sealed interface Frame
		permits RequestFrame, ResponseFrame, DataFrame, MessageFrame, InvalidFrame, ExtensionFrame, RefusalFrame {

	/**
	 * Return what ties an answer to its request within one connection.
	 * @return the stream id, unsigned
	 */
	long streamId();

}
