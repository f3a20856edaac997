package io.github.udsboot.protocol;

import java.util.Set;

/**
 * The server's answer to an announcement.
 *
 * @param streamId the stream id of the request with the announcement, whose answer is
 * still to come
 * @param extensions the extensions that the server understands
 * @param clock the time on the server's clock, by which the client sees whether the clock
 * is its own, or 0 if it is not known
 */
public record HelloFrame(long streamId, Set<Extension> extensions, long clock) implements ExtensionFrame {

	/**
	 * Create an answer of a server that shares no clock with the client.
	 * @param streamId the stream id of the request with the announcement
	 * @param extensions the extensions that the server understands
	 */
	public HelloFrame(long streamId, Set<Extension> extensions) {
		this(streamId, extensions, 0);
	}

}
