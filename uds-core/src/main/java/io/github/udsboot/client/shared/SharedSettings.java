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
 * @param firstStreamId where the stream ids of each connection begin
 * @param watchIdle whether the I/O thread watches connections on which nothing goes on,
 * to see their end; off in tests only, where a lost wake-up is to show
 * @param probe whether to connect to see whether the server is there
 * @param limits what is kept for the server, and how long it is put up with
 */
public record SharedSettings(UdsAddress address, UdsTransport transport, MultiplexedProtocol protocol,
		FrameLimits frameLimits, int maxConnections, int maxInFlightPerConnection, Duration connectTimeout,
		Duration waitForServer, Duration initialBackoff, Duration maxBackoff, @Nullable Duration busyPoll,
		long firstStreamId, boolean watchIdle, boolean probe, ClientLimits limits) {

}
