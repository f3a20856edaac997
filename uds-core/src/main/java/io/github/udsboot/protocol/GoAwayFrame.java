package io.github.udsboot.protocol;

/**
 * The server takes no more requests on this connection. Those it has taken are still
 * answered; no handler will see a later one.
 *
 * @param streamId the stream id of the last request that was taken
 */
public record GoAwayFrame(long streamId) implements ExtensionFrame {

}
