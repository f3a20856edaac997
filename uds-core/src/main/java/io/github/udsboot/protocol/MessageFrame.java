package io.github.udsboot.protocol;

/**
 * One message of a {@link MessageProtocol}, in either direction.
 *
 * @param route the route that the message names, {@link #NO_ROUTE} in a protocol without
 * routes and in an answer
 * @param payload the rest of the message, may be empty; not copied
 */
public record MessageFrame(String route, byte[] payload) implements Frame {

	/** Stands for a message that names no route. */
	public static final String NO_ROUTE = "";

	/**
	 * Create a message without a route.
	 * @param payload the message, may be empty; not copied
	 */
	public MessageFrame(byte[] payload) {
		this(NO_ROUTE, payload);
	}

	/**
	 * Return the stream id, of which there is one per connection.
	 * @return 0
	 */
	@Override
	public long streamId() {
		return 0;
	}

}
