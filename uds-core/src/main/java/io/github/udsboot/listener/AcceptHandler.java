package io.github.udsboot.listener;

import java.io.IOException;
import java.util.function.BiFunction;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;
import io.github.udsboot.connection.Acceptor;
import io.github.udsboot.connection.ConnectionHandler;
import io.github.udsboot.connection.EventLoopGroup;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.guard.FailureThrottle;
import io.github.udsboot.listener.admission.Admission;
import io.github.udsboot.listener.admission.PeerMemory;
import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.admission.PeerShares;
import io.github.udsboot.listener.dispatch.ListenerLog;
import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.transport.UdsSocket;

/**
 * Takes the connections that a listener accepts, or refuses them and tells their peers
 * why. Belongs to the loop that accepts.
 */
final class AcceptHandler implements Acceptor.Handler {

	private static final Log logger = ListenerLog.LOG;

	private final String listener;

	private final WireProtocol protocol;

	private final ListenerCounters counters;

	private final EventLoopGroup loops;

	private final Admission admission;

	private final PeerMemory memory;

	private final PeerShares shares;

	private final BiFunction<LoopConnection, PeerShare, ConnectionHandler> handlers;

	private final boolean firstFrameExpected;

	/** One for each reason, so that no peer hides what another one causes. */
	private final LogThrottles<RefusalReason> refusals = new LogThrottles<>(RefusalReason.class);

	private final RefusalNotifier notifier;

	private final FailureThrottle acceptFailures = FailureThrottle.warnings(logger);

	/**
	 * Create an instance.
	 * @param listener the name of the listener
	 * @param protocol its protocol
	 * @param counters counts connections, of all runs of the listener
	 * @param loops read the connections
	 * @param admission decides which peers may stay
	 * @param memory what may be held for each peer
	 * @param shares the threads and calls that each peer may have
	 * @param handlers makes what serves a connection
	 * @param firstFrameExpected whether a peer has to send something first
	 * @param notifier tells the application of refused connections
	 */
	AcceptHandler(String listener, WireProtocol protocol, ListenerCounters counters, EventLoopGroup loops,
			Admission admission, PeerMemory memory, PeerShares shares,
			BiFunction<LoopConnection, PeerShare, ConnectionHandler> handlers, boolean firstFrameExpected,
			RefusalNotifier notifier) {
		this.listener = listener;
		this.protocol = protocol;
		this.counters = counters;
		this.loops = loops;
		this.admission = admission;
		this.memory = memory;
		this.shares = shares;
		this.handlers = handlers;
		this.firstFrameExpected = firstFrameExpected;
		this.notifier = notifier;
	}

	@Override
	public void accepted(UdsSocket socket) {
		boolean taken = false;
		try {
			this.counters.countAccepted();
			taken = admit(socket);
		}
		finally {
			if (!taken) {
				socket.close();
			}
		}
	}

	private boolean admit(UdsSocket socket) {
		PeerCredentials peer;
		try {
			peer = socket.peerCredentials();
		}
		catch (IOException ex) {
			return refuse(socket, RefusalReason.NO_CREDENTIALS, null);
		}
		FrameReader reader = this.protocol.newReader(Side.SERVER, this.memory.frameLimits(peer));
		RefusalReason refusal = this.admission.admit(peer);
		if (refusal != null) {
			return refuse(socket, refusal, peer);
		}
		MemoryAccount account = this.memory.open(peer);
		if (account == null) {
			this.admission.takeBack(peer);
			return refuse(socket, RefusalReason.MEMORY, peer);
		}
		LoopConnection connection = connection(socket, peer, reader, account);
		if (this.firstFrameExpected) {
			this.admission.expectFirstFrame(connection);
		}
		return true;
	}

	private LoopConnection connection(UdsSocket socket, PeerCredentials peer, FrameReader reader,
			MemoryAccount account) {
		boolean made = false;
		PeerShare share = this.shares.open(peer);
		try {
			LoopConnection connection = this.loops.add(socket, peer, reader,
					(added) -> this.handlers.apply(added, share), account, share.threads());
			made = true;
			return connection;
		}
		finally {
			if (!made) {
				this.shares.closed(share.user());
				account.close();
				this.admission.takeBack(peer);
			}
		}
	}

	/**
	 * Refuse a connection. Return whether the socket was taken over, in order to tell the
	 * peer.
	 */
	private boolean refuse(UdsSocket socket, RefusalReason refusal, @Nullable PeerCredentials peer) {
		this.counters.count(refusal);
		this.refusals.of(refusal)
			.log(logger::warn, () -> "Listener '" + this.listener + "' refuses a connection from "
					+ ((peer != null) ? peer : "a peer without credentials") + ": " + refusal);
		this.notifier.refused(refusal, peer);
		EncodedFrame reason = switch (refusal) {
			case UNAUTHORIZED -> encodeRefusal(Status.PERMISSION_DENIED, "The server does not allow " + peer);
			case CONNECTIONS -> encodeRefusal(Status.RESOURCE_EXHAUSTED,
					"The server takes no more than " + this.admission.maxConnections() + " connections");
			case CONNECTIONS_OF_USER ->
				encodeRefusal(Status.RESOURCE_EXHAUSTED, "The server takes no more connections from " + peer);
			case MEMORY -> encodeRefusal(Status.RESOURCE_EXHAUSTED, "The server has no memory for another connection");
			case NO_CREDENTIALS -> encodeRefusal(Status.UNAUTHENTICATED, "The server cannot tell who the peer is");
		};
		if (reason != null) {
			this.loops.refuse(socket, reason, this.admission.maxRefused());
		}
		return reason != null;
	}

	private @Nullable EncodedFrame encodeRefusal(Status status, String message) {
		return this.protocol.encodeRefusal(status, message + "; nothing of the connection was read");
	}

	@Override
	public void lost(Throwable cause) {
		this.counters.countAcceptFailure();
		this.acceptFailures.log("Listener '" + this.listener + "' closed a connection that it could not take", cause);
	}

	@Override
	public void failed(Throwable cause) {
		this.counters.countAcceptFailure();
		this.acceptFailures
			.log("Listener '" + this.listener + "' cannot accept connections now and tries again in 100 ms", cause);
	}

}
