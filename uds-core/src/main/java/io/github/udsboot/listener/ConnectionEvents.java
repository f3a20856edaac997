package io.github.udsboot.listener;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;

/** Told when a connection has sent its first valid frame and when it is closed. */
interface ConnectionEvents {

	void proven(LoopConnection connection);

	void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause);

}
