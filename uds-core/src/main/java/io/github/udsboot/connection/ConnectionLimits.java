package io.github.udsboot.connection;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The limits of one accepted connection.
 *
 * @param outboundQueueSize the number of bytes waiting to be written above which no
 * further request is read from the connection; default 4 MiB
 * @param clocks how long the peer may take
 * @param busyPoll how long the loop polls the connection before it sleeps, {@code null}
 * to decide by the number of processors
 */
public record ConnectionLimits(long outboundQueueSize, ConnectionClocks clocks, @Nullable Duration busyPoll) {
}
