package io.github.udsboot.client.shared;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.call.ClientLimits;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.MultiplexedProtocol;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransport;

/**
 * How a client reaches its server; {@link io.github.udsboot.client.UdsTemplateBuilder}
 * has the defaults.
 *
 * @param firstStreamId the first stream id of each connection
 * @param watchIdle whether the I/O thread watches idle connections for their end; off
 * only in tests that must reveal a lost wake-up
 * @param probe whether to connect in order to see whether the server is there
 * @param limits how much is kept for the server, and how long its silence is tolerated
 */
public record SharedSettings(UdsAddress address, UdsTransport transport, MultiplexedProtocol protocol,
		FrameLimits frameLimits, int maxConnections, int maxInFlightPerConnection, Duration connectTimeout,
		Duration waitForServer, Duration initialBackoff, Duration maxBackoff, @Nullable Duration busyPoll,
		long firstStreamId, boolean watchIdle, boolean probe, ClientLimits limits) {

}
