package io.github.udsboot.client.session;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransport;

/**
 * How a client of a protocol without routes reaches its server;
 * {@link io.github.udsboot.client.UdsTemplateBuilder} has the defaults.
 *
 * @param maxExchanges the number of exchanges that may be under way at once
 * @param keepAlive whether a connection outlives its first exchange
 * @param probe whether to connect in order to see whether the server is there
 */
public record SessionSettings(String name, UdsAddress address, UdsTransport transport, MessageProtocol protocol,
		FrameLimits frameLimits, int maxExchanges, boolean keepAlive, Duration timeout, Duration connectTimeout,
		Duration waitForServer, Duration initialBackoff, Duration maxBackoff, @Nullable Duration busyPoll,
		boolean probe) {

	public String path() {
		return this.address.toString();
	}

}
