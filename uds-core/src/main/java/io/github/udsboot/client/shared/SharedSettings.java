package io.github.udsboot.client.shared;

import io.github.udsboot.client.call.ClientLimits;
import io.github.udsboot.client.connection.ConnectSettings;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.MultiplexedProtocol;

/**
 * The settings of connections that all callers share;
 * {@link io.github.udsboot.client.UdsTemplateBuilder} has the defaults.
 *
 * @param connect the server, and how to reach it
 * @param protocol the protocol
 * @param frameLimits the limits of frames
 * @param maxConnections the number of connections at most
 * @param maxInFlightPerConnection the number of calls on a connection at most
 * @param firstStreamId the first stream id of each connection
 * @param watchIdle whether the I/O thread watches idle connections for their end; off
 * only in tests that must reveal a lost wake-up
 * @param limits how much is kept for the server, and how long its silence is tolerated
 */
public record SharedSettings(ConnectSettings connect, MultiplexedProtocol protocol, FrameLimits frameLimits,
		int maxConnections, int maxInFlightPerConnection, long firstStreamId, boolean watchIdle, ClientLimits limits) {

}
