package io.github.udsboot.client.connection;

import java.util.Objects;

import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.SocketProbe;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransport;

/**
 * What a client currently knows about its server.
 *
 * @param state what the client knows
 * @param description how it knows, or what is wrong, as a phrase
 */
public record Reachability(State state, String description) {

	/** The result for a client that has a connection. */
	public static final Reachability CONNECTED = new Reachability(State.REACHABLE, "connected");

	/**
	 * Check the server of a client that has no connection.
	 * @param probing whether to connect if there is no other way to tell
	 */
	public static Reachability look(UdsTransport transport, UdsAddress address, boolean probing) {
		try {
			if (probing) {
				SocketProbe.connect(transport, address);
				return new Reachability(State.REACHABLE, "accepts connections");
			}
			return SocketProbe.isKnownToListen(address) ? new Reachability(State.REACHABLE, "listens")
					: new Reachability(State.UNKNOWN, "there is a socket, which is not probed");
		}
		catch (ConnectFailedException ex) {
			return new Reachability(State.UNREACHABLE, Objects.toString(ex.getMessage(), ex.reason().name()));
		}
	}

	/** What a client knows about its server. */
	public enum State {

		/** There is a connection, or a connect has just succeeded, or would. */
		REACHABLE,

		/** A connect has just failed, or would fail. */
		UNREACHABLE,

		/** Only a connect could tell, and none is allowed. */
		UNKNOWN

	}

}
