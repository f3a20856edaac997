package io.github.udsboot.protocol;

import io.github.udsboot.Status;

/**
 * The server takes nothing from this peer: it has decoded nothing of what the peer has
 * sent, so that no handler has seen any of it, and will do nothing more on the
 * connection. Comes instead of all answers.
 *
 * @param streamId the stream id that it travels on; the whole connection is meant
 * @param status why
 * @param message a message for the caller
 */
public record RefusalFrame(long streamId, Status status, String message) implements Frame {

}
