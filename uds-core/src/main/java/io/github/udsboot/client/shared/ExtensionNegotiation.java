package io.github.udsboot.client.shared;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.call.RequestForm;
import io.github.udsboot.protocol.CancelFrame;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Extension;
import io.github.udsboot.protocol.ExtensionFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.GoAwayFrame;
import io.github.udsboot.protocol.HelloFrame;
import io.github.udsboot.protocol.PingFrame;

/**
 * What the server of one connection understands beyond the protocol: nothing is known
 * until it has answered the announcement in the first request, and nothing will be if it
 * answers the request itself first. Until then cancellations wait here. Thread-safe.
 */
final class ExtensionNegotiation {

	/** One more than a crowd will give up before the first answer. */
	private static final int MAX_WAITING = 1024;

	/** What the next request is to say. */
	private volatile RequestForm form;

	/** The stream id of the request that announces. */
	private volatile long announcedOn;

	/** When it was encoded. */
	private volatile long announcedAt;

	/** {@code null} until it is known. */
	private volatile @Nullable Set<Extension> understood;

	/** Belongs to the holder of the reading role. */
	private boolean goneAway;

	/** Stream ids of calls that were cancelled meanwhile; guarded by the monitor. */
	private final List<Long> waiting = new ArrayList<>();

	private final Consumer<Frame> writer;

	private final LongConsumer goAway;

	private final Consumer<PingFrame> asked;

	/**
	 * Create an instance.
	 * @param exist whether the protocol has any
	 * @param writer writes a frame behind all requests so far
	 * @param goAway told the last stream id that the server has taken, when it takes no
	 * more
	 * @param asked told when the server asks whether this client is there
	 */
	ExtensionNegotiation(boolean exist, Consumer<Frame> writer, LongConsumer goAway, Consumer<PingFrame> asked) {
		this.form = exist ? RequestForm.ANNOUNCING : RequestForm.PLAIN;
		this.understood = exist ? null : Set.of();
		this.writer = writer;
		this.goAway = goAway;
		this.asked = asked;
	}

	/**
	 * Encode a request, with the announcement in the first that has room for it. Call
	 * with the connection's submit lock.
	 */
	EncodedFrame encode(PendingCall call, long streamId) {
		RequestForm form = this.form;
		if (form != RequestForm.PLAIN) {
			try {
				return (form == RequestForm.ANNOUNCING) ? announce(call, streamId) : call.encode(streamId, form);
			}
			catch (FrameTooLargeException ex) {
				// the call itself may still fit
			}
		}
		return call.encode(streamId, RequestForm.PLAIN);
	}

	private EncodedFrame announce(PendingCall call, long streamId) {
		long now = System.nanoTime();
		EncodedFrame frame = call.encode(streamId, RequestForm.ANNOUNCING);
		this.announcedAt = now;
		this.announcedOn = streamId;
		// first where, then that: answered() looks the other way round
		this.form = RequestForm.EARLY;
		return frame;
	}

	/**
	 * A request was taken back before it was written: if it was the announcement, the
	 * next one is. Call with the connection's submit lock.
	 */
	void withdrawn(long streamId) {
		if (isAnnouncement(streamId)) {
			this.form = RequestForm.ANNOUNCING;
		}
	}

	/**
	 * Return whether a request is the announcement, without which nothing is ever agreed
	 * upon. Call with the connection's submit lock.
	 */
	boolean isAnnouncement(long streamId) {
		return this.form == RequestForm.EARLY && this.announcedOn == streamId;
	}

	/** Take what the server says, unless it has not said that it may say it. */
	void received(ExtensionFrame frame) {
		if (frame instanceof HelloFrame hello) {
			hello(hello.extensions(), sharesClock(hello))
				.forEach((streamId) -> this.writer.accept(new CancelFrame(streamId)));
		}
		else if (frame instanceof PingFrame ping && !ping.answer() && understands(Extension.PING)) {
			this.asked.accept(ping);
		}
		else if (frame instanceof GoAwayFrame && understands(Extension.GOAWAY) && !this.goneAway) {
			this.goneAway = true;
			this.goAway.accept(frame.streamId());
		}
	}

	/**
	 * Return whether the server's clock is this client's: it says so, and has read it
	 * after the announcement was written and before the greeting was read.
	 */
	private boolean sharesClock(HelloFrame hello) {
		return hello.clock() != 0 && hello.extensions().contains(Extension.DEADLINE)
				&& hello.clock() - this.announcedAt >= 0 && System.nanoTime() - hello.clock() >= 0;
	}

	/** Return the stream ids of the calls that were cancelled so far. */
	private synchronized List<Long> hello(Set<Extension> understood, boolean sharesClock) {
		if (this.understood != null) {
			return List.of();
		}
		this.understood = understood;
		this.form = sharesClock ? RequestForm.ON_HOST_CLOCK : RequestForm.PLAIN;
		List<Long> cancelled = understood.contains(Extension.CANCEL) ? List.copyOf(this.waiting) : List.of();
		this.waiting.clear();
		return cancelled;
	}

	/**
	 * The server has answered a request that was not written before the announcement: if
	 * it has said nothing so far, it never will.
	 */
	void answered(long streamId) {
		if (this.understood == null && this.form == RequestForm.EARLY && streamId >= this.announcedOn) {
			hello(Set.of(), false);
		}
	}

	/** Return whether the server keeps the deadlines, whenever it reads a request. */
	boolean sharesClock() {
		return this.form == RequestForm.ON_HOST_CLOCK;
	}

	private boolean understands(Extension extension) {
		Set<Extension> understood = this.understood;
		return understood != null && understood.contains(extension);
	}

	/** A call was cancelled: tell the server, now or when it is known to understand. */
	void cancelled(long streamId) {
		if (shouldSendNow(streamId)) {
			this.writer.accept(new CancelFrame(streamId));
		}
	}

	private synchronized boolean shouldSendNow(long streamId) {
		if (this.understood == null && this.waiting.size() < MAX_WAITING) {
			this.waiting.add(streamId);
		}
		return understands(Extension.CANCEL);
	}

}
