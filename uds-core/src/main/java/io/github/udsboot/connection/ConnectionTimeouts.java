package io.github.udsboot.connection;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.UdsSocket;

/**
 * The running clocks of a connection on an event loop: closes it when one has expired, or
 * when its peer has gone unnoticed because nothing is read from it. Belongs to the loop's
 * owner, except for {@link #active()}.
 */
final class ConnectionTimeouts {

	/** How long a frame may lack memory before another peer has to go. */
	private static final long STARVATION_NANOS = 1_000_000_000;

	/** How often the available bytes are read before a clock closes the connection. */
	private static final int LOOKS_BEFORE_TIMEOUT = 64;

	/**
	 * How many checks of the clocks there are per check of a peer that is not read from.
	 */
	private static final int SWEEPS_BETWEEN_PEER_LOOKS = 4;

	private final LoopConnection connection;

	private final UdsSocket socket;

	private final FirstFrame firstFrame;

	private final ConnectionClocks clocks;

	private final boolean watchesIdle;

	private volatile long lastActive = System.nanoTime();

	/** A clock has run out, and {@link #look} is pending. */
	private boolean looking;

	private int sweepsWhileDeaf;

	ConnectionTimeouts(LoopConnection connection, UdsSocket socket, FirstFrame firstFrame, ConnectionClocks clocks) {
		this.connection = connection;
		this.socket = socket;
		this.firstFrame = firstFrame;
		this.clocks = clocks;
		this.watchesIdle = ConnectionClocks.isOn(clocks.idle());
	}

	/** Note activity. By any thread. */
	void active() {
		if (this.watchesIdle) {
			this.lastActive = System.nanoTime();
		}
	}

	/**
	 * Close soon when a clock has run out.
	 * @return whether a clock still runs
	 */
	boolean check(long now) {
		if (this.connection.isClosed()) {
			return false;
		}
		boolean expired = expiredClock(now) != null;
		if (expired && !this.looking) {
			this.looking = true;
			this.connection.loop().execute(() -> look(LOOKS_BEFORE_TIMEOUT));
		}
		long starvingSince = this.connection.input().starvingSince();
		if (starvingSince != 0 && now - starvingSince > STARVATION_NANOS) {
			this.connection.account().evictForAwaited();
		}
		boolean deaf = isDeaf();
		if (deaf && ++this.sweepsWhileDeaf % SWEEPS_BETWEEN_PEER_LOOKS == 0) {
			this.connection.loop().execute(this::closeIfPeerHasGone);
		}
		return expired || this.firstFrame.isTimed(this.clocks) || deaf || starvingSince != 0
				|| this.connection.output().blockedSince() != 0 || this.connection.input().frameSince() != 0
				|| this.watchesIdle;
	}

	/** Return whether something under way needs the peer, which is not read from. */
	private boolean isDeaf() {
		return this.connection.input().isDeaf() && this.connection.handler().needsPeer();
	}

	/**
	 * Close if the peer is gone altogether, which the socket does not report while it is
	 * not read. A peer that has only ended its output may still read its answers.
	 */
	private void closeIfPeerHasGone() {
		if (!this.connection.isClosed() && isDeaf() && hasPeerGone()) {
			this.connection.vanished(new IOException("The peer has gone, and waits for no answer"));
		}
	}

	private boolean hasPeerGone() {
		try {
			return this.socket.hasPeerGone();
		}
		catch (IOException ex) {
			// not known now, and checked again later
			return false;
		}
	}

	/**
	 * Close, unless what the clock waits for has arrived: after a pause of the process or
	 * the machine, the loop is late and not the peer. Always a task of the loop, because
	 * it reads.
	 * @param looks how many more times to look, as a peer may keep sending
	 */
	private void look(int looks) {
		CloseReason expired = expiredWhileOpen();
		if (expired == CloseReason.STALLED) {
			try {
				this.connection.output().resume();
			}
			catch (RuntimeException | Error ex) {
				// otherwise no clock would check the connection again
				this.connection.fail(ex);
			}
			expired = expiredWhileOpen();
		}
		else if (expired != null && looks > 0 && this.connection.receive()) {
			this.connection.loop().execute(() -> look(looks - 1));
			return;
		}
		this.looking = false;
		if (expired != null) {
			this.connection.close(expired, null);
		}
	}

	private @Nullable CloseReason expiredWhileOpen() {
		return this.connection.isClosed() ? null : expiredClock(System.nanoTime());
	}

	/** Return why to close the connection now, {@code null} if it is in time. */
	private @Nullable CloseReason expiredClock(long now) {
		ConnectionOutput output = this.connection.output();
		long blockedSince = output.blockedSince();
		boolean writing = blockedSince != 0;
		if (writing && ConnectionClocks.expired(output.stallClock().timeout(this.clocks), blockedSince, now)) {
			return CloseReason.STALLED;
		}
		if (this.firstFrame.isLate(this.clocks, now)) {
			return CloseReason.FIRST_FRAME_TIMEOUT;
		}
		long frameSince = this.connection.input().frameSince();
		if (frameSince != 0 && ConnectionClocks.expired(this.clocks.frame(), frameSince, now)) {
			return CloseReason.FRAME_TIMEOUT;
		}
		boolean idle = this.connection.inFlight() == 0 && !writing;
		return (idle && ConnectionClocks.expired(this.clocks.idle(), this.lastActive, now)) ? CloseReason.IDLE : null;
	}

}
