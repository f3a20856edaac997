package io.github.udsboot.client.connection;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.connection.Reachability.State;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.SocketProbe;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransport;

/**
 * The server of a client, and how the client reaches it, in any protocol;
 * {@link io.github.udsboot.client.UdsTemplateBuilder} has the defaults.
 *
 * @param address the address of the socket
 * @param transport connects to it
 * @param connectTimeout how long to try while the server's backlog is full
 * @param waitForServer how long a call waits for a server that is not there
 * @param initialBackoff the time between the first two attempts to connect
 * @param maxBackoff the longest time between two attempts
 * @param busyPoll how long to poll for input before sleeping, {@code null} for the
 * default
 * @param probe whether to connect in order to see whether the server is there
 */
public record ConnectSettings(UdsAddress address, UdsTransport transport, Duration connectTimeout,
		Duration waitForServer, Duration initialBackoff, Duration maxBackoff, @Nullable Duration busyPoll,
		boolean probe) {

	public String path() {
		return this.address.toString();
	}

	/** Check the server of a client that has no connection. */
	public Reachability lookForServer() {
		try {
			if (this.probe) {
				SocketProbe.connect(this.transport, this.address);
				return new Reachability(State.REACHABLE, "accepts connections");
			}
			boolean listens = SocketProbe.isKnownToListen(this.address);
			if (this.transport instanceof ExpectedServer) {
				return new Reachability(State.UNKNOWN,
						"there is a socket, which is not probed: only that tells whether the server is the expected one");
			}
			return listens ? new Reachability(State.REACHABLE, "listens")
					: new Reachability(State.UNKNOWN, "there is a socket, which is not probed");
		}
		catch (ConnectFailedException ex) {
			return new Reachability(State.UNREACHABLE, Objects.toString(ex.getMessage(), ex.reason().name()));
		}
	}

}
