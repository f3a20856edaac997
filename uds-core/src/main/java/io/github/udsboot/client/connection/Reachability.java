package io.github.udsboot.client.connection;

/**
 * What a client currently knows about its server.
 *
 * @param state what the client knows
 * @param description how it knows, or what is wrong, as a phrase
 */
public record Reachability(State state, String description) {

	/** The result for a client that has a connection. */
	public static final Reachability CONNECTED = new Reachability(State.REACHABLE, "connected");

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
