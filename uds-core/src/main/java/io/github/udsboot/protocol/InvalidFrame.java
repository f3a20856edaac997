package io.github.udsboot.protocol;

import io.github.udsboot.Status;

/**
 * A frame that was read to its end and must not be acted on. The connection stays usable:
 * a server answers with this status on this stream id, a client fails the call that waits
 * for it.
 *
 * @param streamId the stream id
 * @param status the status that tells the peer what was wrong
 * @param message the message that tells the peer what was wrong
 */
public record InvalidFrame(long streamId, Status status, String message) implements Frame {
}
