package io.github.udsboot.listener;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.connection.LoopConnection;

/**
 * The streams of a listener, by connection and stream id. Thread-safe.
 */
final class ServerStreams {

	private final Map<LoopConnection, Map<Long, ServerStream>> open = new ConcurrentHashMap<>();

	/** Call on the owner of the connection's loop. */
	void add(LoopConnection connection, ServerStream stream) {
		this.open.computeIfAbsent(connection, (missing) -> new ConcurrentHashMap<>()).put(stream.streamId(), stream);
	}

	@Nullable ServerStream find(LoopConnection connection, long streamId) {
		Map<Long, ServerStream> streams = this.open.get(connection);
		return (streams != null) ? streams.get(streamId) : null;
	}

	void remove(LoopConnection connection, ServerStream stream) {
		Map<Long, ServerStream> streams = this.open.get(connection);
		if (streams != null) {
			streams.remove(stream.streamId(), stream);
		}
	}

	/** End all streams of a connection whose peer has gone. */
	void lost(LoopConnection connection) {
		Map<Long, ServerStream> streams = this.open.remove(connection);
		if (streams != null) {
			for (ServerStream stream : streams.values()) {
				stream.abort(Status.CANCELLED, "The caller has gone");
			}
		}
	}

}
