package io.github.udsboot.protocol;

/**
 * The caller no longer wants an answer.
 *
 * @param streamId the stream id of the request
 */
public record CancelFrame(long streamId) implements ExtensionFrame {

}
