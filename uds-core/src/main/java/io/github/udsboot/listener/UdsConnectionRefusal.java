package io.github.udsboot.listener;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.connection.RefusalReason;

/**
 * A connection that a listener has refused before a byte of it was read, as it is told to
 * a {@link UdsConnectionRefusalListener}.
 *
 * @param listener the name of the listener
 * @param address the path of its socket, or {@code @} and an abstract name
 * @param peer who has connected, {@code null} if the kernel did not tell
 * @param reason why the connection was refused
 * @param unreported how many others the listener has refused for the same reason since it
 * last told of one; they are not told of any more
 */
public record UdsConnectionRefusal(String listener, String address, @Nullable PeerCredentials peer,
		RefusalReason reason, long unreported) {

}
