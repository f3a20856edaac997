package io.github.udsboot.client.connection;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.security.AllowListPeerAuthorizer;
import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindOptions;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.SocketUse;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsServerSocket;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UnexpectedServerException;

/**
 * A transport that connects to certain users only: who the server is, is checked on each
 * new connection, before anything is sent. It is a transport so that no connection of a
 * client can be made without the check. Thread-safe.
 */
public final class ExpectedServer implements UdsTransport {

	private final UdsTransport transport;

	private final AllowListPeerAuthorizer expected;

	private final String description;

	private ExpectedServer(UdsTransport transport, AllowListPeerAuthorizer expected, String description) {
		this.transport = transport;
		this.expected = expected;
		this.description = description;
	}

	/**
	 * Return a transport that checks who the server is.
	 * @param transport makes the connections
	 * @param users the users who may be the server, by name or number
	 * @param groups the groups whose users may be the server, by name or number
	 * @return the transport, which is the given one if both are empty
	 * @throws IllegalArgumentException if a name is unknown to this system
	 */
	public static UdsTransport check(UdsTransport transport, Collection<String> users, Collection<String> groups) {
		if (users.isEmpty() && groups.isEmpty()) {
			return transport;
		}
		List<String> description = new ArrayList<>();
		if (!users.isEmpty()) {
			description.add("the users " + users + " ('expected-users')");
		}
		if (!groups.isEmpty()) {
			description.add("the groups " + groups + " ('expected-groups')");
		}
		return new ExpectedServer(transport, AllowListPeerAuthorizer.of(users, groups),
				String.join(" or ", description));
	}

	@Override
	public UdsSocket connect(UdsAddress address) throws ConnectFailedException {
		UdsSocket socket = this.transport.connect(address);
		boolean expected = false;
		try {
			check(socket, address);
			expected = true;
			return socket;
		}
		finally {
			if (!expected) {
				socket.close();
			}
		}
	}

	private void check(UdsSocket socket, UdsAddress address) throws ConnectFailedException {
		PeerCredentials server;
		try {
			server = socket.peerCredentials();
		}
		catch (IOException ex) {
			throw new ConnectFailedException(Reason.OTHER, "Cannot connect to " + address.quoted() + ", as only "
					+ this.description + " may be the server, and who it is cannot be told: " + ex.getMessage(), ex);
		}
		if (!this.expected.allows(server)) {
			throw new UnexpectedServerException("Cannot connect to " + address.quoted() + ": the server is " + server
					+ ", and this client expects " + this.description
					+ ". If it is the right server, add its user or its group there; if not, find out who has taken "
					+ "its place", server);
		}
	}

	@Override
	public String name() {
		return this.transport.name();
	}

	@Override
	public boolean supports(UdsAddress address) {
		return this.transport.supports(address);
	}

	@Override
	public SocketUse useOf(UdsAddress address) {
		return this.transport.useOf(address);
	}

	@Override
	public UdsServerSocket bind(UdsAddress address, BindOptions options) throws BindFailedException {
		return this.transport.bind(address, options);
	}

	@Override
	public Selector openSelector() throws IOException {
		return this.transport.openSelector();
	}

}
