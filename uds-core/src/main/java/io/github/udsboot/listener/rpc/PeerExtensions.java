package io.github.udsboot.listener.rpc;

import java.util.Set;

import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Extension;
import io.github.udsboot.protocol.ExtensionFrame;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.GoAwayFrame;
import io.github.udsboot.protocol.HelloFrame;
import io.github.udsboot.protocol.PingFrame;
import io.github.udsboot.protocol.RequestFrame;

/**
 * The extensions of the protocol that the peer of one connection has announced, and what
 * is sent to it because of them: HELLO, PING and GOAWAY. Belongs to the loop's owner.
 */
final class PeerExtensions {

	private final LoopConnection connection;

	private final FrameWriter writer;

	private final KeepAlive keepAlive;

	private final PingLimit pingLimit = new PingLimit();

	/** The extensions that the peer has announced; others are not sent to it. */
	private Set<Extension> understood = Set.of();

	/** The peer's deadlines may be points on the host's clock. */
	private boolean sharesClock;

	/**
	 * The stream id of the announcement, also used for PINGs, for which any odd id will
	 * do.
	 */
	private long greetedOn;

	private boolean goneAway;

	PeerExtensions(LoopConnection connection, FrameWriter writer, KeepAlive.Intervals pings) {
		this.connection = connection;
		this.writer = writer;
		this.keepAlive = new KeepAlive(connection, pings, this::ping);
	}

	/** Return whether the peer has announced any, as clients of this library do. */
	boolean areAnnounced() {
		return !this.understood.isEmpty();
	}

	boolean contain(Extension extension) {
		return this.understood.contains(extension);
	}

	/**
	 * Return when the caller of a request gives up.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 * @return the time on that clock, or {@link UdsRequest#NO_DEADLINE}
	 */
	long deadline(RequestFrame request, long now) {
		return CallerTime.deadline(request, now, this.sharesClock);
	}

	/** Note that a frame of any kind has arrived. */
	void heard() {
		this.keepAlive.heard();
	}

	/** Answer an announcement, whatever the outcome of the request. */
	void greet(RequestFrame request) {
		if (!this.understood.isEmpty() || !request.betweenPeers()) {
			return;
		}
		this.understood = Extensions.announcedIn(request.metadata());
		if (this.understood.isEmpty()) {
			return;
		}
		this.greetedOn = request.streamId();
		this.sharesClock = this.understood.contains(Extension.DEADLINE)
				&& CallerTime.of(request, System.nanoTime()) != null;
		this.connection.cork(encode(
				this.sharesClock ? new HelloFrame(request.streamId(), Extensions.allAndDeadline(), System.nanoTime())
						: new HelloFrame(request.streamId(), Extensions.all())));
		if (this.understood.contains(Extension.PING)) {
			this.keepAlive.start();
		}
	}

	private void ping(long data) {
		this.connection.push(encode(new PingFrame(this.greetedOn, data, false)));
	}

	/** Answer a PING; a peer that sends many is read no further for a while. */
	void answer(PingFrame ping) {
		if (ping.answer() || !this.understood.contains(Extension.PING)) {
			return;
		}
		this.connection.cork(encode(new PingFrame(ping.streamId(), ping.data(), true)));
		long pause = this.pingLimit.count(System.nanoTime());
		if (pause > 0) {
			this.connection.hold();
			this.connection.loop().schedule(pause, this.connection::release);
		}
	}

	/**
	 * Tell the peer, once, that no more requests are taken.
	 * @param lastTaken the stream id of the last request that was taken, 0 for none
	 */
	void goAway(long lastTaken) {
		if (this.understood.contains(Extension.GOAWAY) && !this.goneAway) {
			this.goneAway = true;
			this.connection.push(encode(new GoAwayFrame(lastTaken)));
		}
	}

	/** Send no more PINGs, as the connection is closed. */
	void stop() {
		this.keepAlive.stop();
	}

	private EncodedFrame encode(ExtensionFrame frame) {
		return this.writer.encode(frame);
	}

}
