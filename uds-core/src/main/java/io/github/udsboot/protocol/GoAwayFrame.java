package io.github.udsboot.protocol;

/**
 * The server accepts no more requests on this connection. Those that it has accepted are
 * still answered; no handler will see a later one.
 *
 * @param streamId the stream id of the last accepted request
 */
public record GoAwayFrame(long streamId) implements ExtensionFrame {

}
