package io.github.udsboot.protocol;

import java.util.Set;

/**
 * The server's answer to an announcement.
 *
 * @param streamId the stream id of the request that announced, whose answer is still to
 * come
 * @param extensions what the server understands
 */
public record HelloFrame(long streamId, Set<Extension> extensions) implements ExtensionFrame {

}
