package io.github.udsboot.client.session;

import java.time.Duration;

import io.github.udsboot.client.connection.ConnectSettings;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.MessageProtocol;

/**
 * The settings of a client whose protocol has no routes;
 * {@link io.github.udsboot.client.UdsTemplateBuilder} has the defaults.
 *
 * @param name the name of the client
 * @param connect the server, and how to reach it
 * @param protocol the protocol
 * @param frameLimits the limits of messages
 * @param maxExchanges the number of exchanges that may be under way at once
 * @param keepAlive whether a connection outlives its first exchange
 * @param timeout how long to wait for an answer, unless an exchange has a timeout of its
 * own
 */
public record SessionSettings(String name, ConnectSettings connect, MessageProtocol protocol, FrameLimits frameLimits,
		int maxExchanges, boolean keepAlive, Duration timeout) {

	public String path() {
		return this.connect.path();
	}

}
