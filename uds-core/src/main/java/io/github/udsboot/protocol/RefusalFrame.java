package io.github.udsboot.protocol;

import io.github.udsboot.Status;

/**
 * The server accepts nothing from this peer: it has decoded nothing that the peer has
 * sent, so that no handler has seen any of it, and will do nothing more on the
 * connection. Replaces all answers.
 *
 * @param streamId the stream id on which it travels; it applies to the whole connection
 * @param status the reason
 * @param message a message for the caller
 */
public record RefusalFrame(long streamId, Status status, String message) implements Frame {

}
