package io.github.udsboot.protocol;

/**
 * The caller wants no answer any more.
 *
 * @param streamId the stream id of the request
 */
public record CancelFrame(long streamId) implements ExtensionFrame {

}
