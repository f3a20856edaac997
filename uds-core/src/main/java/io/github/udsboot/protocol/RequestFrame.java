package io.github.udsboot.protocol;

import java.util.List;
import java.util.Map;

/**
 * A call that wants one answer.
 *
 * @param streamId the stream id
 * @param route the dotted route
 * @param payload the payload, may be empty; not copied
 * @param timeoutNanos what is left of the caller's deadline, in nanoseconds; 0 for none
 * @param metadata the caller's metadata, in order, a key may have several values
 */
public record RequestFrame(long streamId, String route, byte[] payload, long timeoutNanos,
		Map<String, List<String>> metadata) implements Frame {
}
