package io.github.udsboot.protocol;

/**
 * One item of a stream, in either direction, or the end of one.
 *
 * @param streamId the stream id of the request that began the stream
 * @param payload the item, may be empty; not copied
 * @param item whether there is an item, even an empty one
 * @param last whether its sender will send nothing more on this stream
 */
@SuppressWarnings("ArrayRecordComponent") // A copy per item would cost too much
public record DataFrame(long streamId, byte[] payload, boolean item, boolean last) implements Frame {

	private static final byte[] EMPTY_PAYLOAD = {};

	/**
	 * Create an item that others may follow.
	 * @param streamId the stream id
	 * @param payload the item, may be empty
	 * @return the frame
	 */
	public static DataFrame item(long streamId, byte[] payload) {
		return new DataFrame(streamId, payload, true, false);
	}

	/**
	 * Create the end of a stream.
	 * @param streamId the stream id
	 * @return the frame
	 */
	public static DataFrame end(long streamId) {
		return new DataFrame(streamId, EMPTY_PAYLOAD, false, true);
	}

}
