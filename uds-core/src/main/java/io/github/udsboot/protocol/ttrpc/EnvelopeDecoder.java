package io.github.udsboot.protocol.ttrpc;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.Frame;

/**
 * Interprets frames on one side of a connection: first the header, then the data. Keeps
 * the state of one connection and is not thread-safe.
 */
interface EnvelopeDecoder {

	/**
	 * Decide by the header alone whether the data will be examined. Called once for each
	 * frame that is not too long, in the order of the frames.
	 */
	Verdict judge(long streamId, int type, int flags);

	/**
	 * Decode the data of a frame that was judged {@link Verdict#DECODE}.
	 * @param streamId the stream id
	 * @param data contains the data; its position and limit are ignored and stay
	 * @param from the index of the first byte
	 * @param to the index after the last byte
	 * @param payload the payload if it has already been cut out of the data
	 */
	Frame decode(long streamId, ByteBuffer data, int from, int to, byte @Nullable [] payload);

	/**
	 * Make a frame of data that was judged {@link Verdict#DATA}.
	 * @param streamId the stream id
	 * @param flags the flags of its header
	 * @param data the data
	 * @return the frame, or {@code null} if it is to be ignored
	 */
	@Nullable Frame data(long streamId, int flags, byte[] data);

	/**
	 * Return the tag of the envelope's payload field.
	 */
	int payloadTag();

}
