package io.github.udsboot.connection;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.Nanos;

/**
 * The orderly end of a connection on an event loop: whether it still takes requests, and
 * when it owes nothing any more and closes. Belongs to the loop's owner, unless said
 * otherwise.
 */
final class GracefulClose {

	/** The number of reads that empty a socket that is as full as the kernel allows. */
	private static final int READS_BEFORE_END = 2;

	/** How often a peer gets a refusal before it finds a closed connection. */
	private static final int LOOKS_BEFORE_END = 16;

	private final LoopConnection connection;

	private final FirstFrame firstFrame;

	/**
	 * Will be ending once what was sent before has been taken. Read by any thread.
	 */
	private volatile boolean draining;

	/** No more requests are taken. Read by any thread. */
	private volatile boolean ending;

	/**
	 * Why to close once everything is written, whatever is in flight. For any thread.
	 */
	private volatile @Nullable CloseReason finishing;

	/** Why to close once nothing is owed and everything is written, whatever arrives. */
	private volatile @Nullable CloseReason finishingWhenAnswered;

	private int drainReads = -1;

	private int looks;

	private boolean awaitingFirstFrame;

	GracefulClose(LoopConnection connection, FirstFrame firstFrame) {
		this.connection = connection;
		this.firstFrame = firstFrame;
	}

	/** Return whether what was sent before is the last to be taken. By any thread. */
	boolean isDraining() {
		return this.draining;
	}

	/** Return whether no more requests are taken. By any thread. */
	boolean isEnding() {
		return this.ending;
	}

	/** Return whether to close whatever is in flight. By any thread. */
	boolean isFinishing() {
		return this.finishing != null;
	}

	/** Take no more requests. */
	void end() {
		this.ending = true;
	}

	/**
	 * Take no more frames, and close once everything is written, whatever is in flight.
	 * By any thread.
	 */
	void finish(CloseReason reason) {
		if (this.finishing == null) {
			this.finishing = reason;
		}
		this.ending = true;
		this.connection.loop().execute(this::settle);
	}

	/**
	 * Take no more frames, and close once nothing is owed and everything is written, or
	 * after the grace period whatever is left.
	 */
	void finishWhenAnswered(CloseReason reason, Duration grace) {
		this.finishingWhenAnswered = reason;
		this.ending = true;
		this.connection.loop().execute(this::settle);
		this.connection.loop().schedule(Nanos.of(grace), () -> this.connection.close(reason, null));
	}

	/** Note that something owed was written or given up. By any thread. */
	void settleSoon() {
		if (this.ending) {
			this.connection.loop().execute(this::settle);
		}
	}

	/** Continue after what was read has been decoded as far as possible. */
	void decoded() {
		if (this.ending) {
			this.connection.loop().execute(this::settle);
		}
		else if (this.drainReads >= 0) {
			this.connection.loop().execute(this::drain);
		}
	}

	/**
	 * Take what the peer has sent so far, then refuse more, answer what was taken, and
	 * close. Always a task of the loop, because it may read.
	 */
	void drain() {
		if (this.drainReads < 0) {
			this.drainReads = READS_BEFORE_END;
			this.draining = true;
			if (!this.connection.isClosed()) {
				this.connection.handler().draining(this.connection);
			}
		}
		// what is in the socket now was sent before the drain began: it still counts;
		// this continues once it is decoded
		if (this.ending || this.connection.isClosed() || this.connection.input().isPaused()
				|| (this.drainReads-- > 0 && this.connection.receive())) {
			return;
		}
		this.ending = true;
		this.connection.handler().drained(this.connection);
		settle();
	}

	/**
	 * Close an ending connection once it owes nothing. Always a task of the loop, because
	 * it may read.
	 */
	private void settle() {
		ConnectionInput input = this.connection.input();
		// first what is owed, then what is queued: an answer moves from the former to the
		// latter
		boolean owes = this.connection.inFlight() > 0;
		if (this.connection.isClosed() || this.connection.hasUnwritten()) {
			return;
		}
		CloseReason finishing = this.finishing;
		if (finishing == null && !owes) {
			finishing = this.finishingWhenAnswered;
		}
		if (finishing != null) {
			input.discard();
			this.connection.close(finishing, null);
			return;
		}
		if (owes || input.isPostponed()) {
			return;
		}
		if (input.framesOfLastRead() > 0 && ++this.looks > LOOKS_BEFORE_END) {
			// the peer keeps sending, whatever it is told
			input.discard();
		}
		else if (input.receive() || (input.isMidFrame() && !input.isEnded())) {
			// what arrived meanwhile deserves an answer, if only a refusal, and so does a
			// request that has arrived in part: the frame clock bounds the wait for the
			// rest
			return;
		}
		if (!awaitsFirstFrame(input)) {
			this.connection.close(endReason(input), input.endCause());
		}
	}

	/**
	 * Return whether the first request of a new connection may be on its way: it would
	 * find the connection closed, and its sender could not tell that it was not executed.
	 */
	private boolean awaitsFirstFrame(ConnectionInput input) {
		if (this.firstFrame.hasArrived() || input.isEnded() || !this.connection.handler().refusesFirstFrame()) {
			return false;
		}
		long left = this.firstFrame.graceNanos();
		if (left <= 0) {
			return false;
		}
		if (!this.awaitingFirstFrame) {
			this.awaitingFirstFrame = true;
			this.connection.loop().schedule(left, () -> this.connection.loop().execute(this::settle));
		}
		return true;
	}

	private static CloseReason endReason(ConnectionInput input) {
		if (!input.isEnded()) {
			return CloseReason.STOPPED;
		}
		return input.isMidFrame() ? CloseReason.TRUNCATED : CloseReason.PEER_CLOSED;
	}

}
