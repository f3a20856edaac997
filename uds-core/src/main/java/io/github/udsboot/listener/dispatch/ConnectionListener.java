package io.github.udsboot.listener.dispatch;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;

/**
 * Told when a connection has sent its first valid frame, when it is closed, when the
 * listeners of its session have been told of that, and what a drain has cut off. By any
 * thread.
 */
public interface ConnectionListener {

	void proven(LoopConnection connection);

	void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause);

	void told();

	void cutOff(ServedConnection.Work work);

}
