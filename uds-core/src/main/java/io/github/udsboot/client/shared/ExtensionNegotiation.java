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
 * until it has answered the announcement in the first request, and never will be if it
 * answers the request itself first. Until then cancellations wait here. Thread-safe.
 */
final class ExtensionNegotiation {

	/** More calls than any crowd will give up before the first answer. */
	private static final int MAX_WAITING = 1024;

	/** The form of the next request. */
	private volatile RequestForm form;

	/** The stream id of the request with the announcement. */
	private volatile long announcedOn;

	/** When that request was encoded. */
	private volatile long announcedAt;

	/** The extensions that the server understands; {@code null} until known. */
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
	 * @param exist whether the protocol has extensions
	 * @param writer writes a frame after all requests so far
	 * @param goAway told the last stream id that the server took, when it takes no more
	 * @param asked told when the server sends a PING
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
	 * with the connection's submit lock held.
	 */
	EncodedFrame encode(PendingCall call, long streamId) {
		RequestForm form = this.form;
		if (form != RequestForm.PLAIN) {
			try {
				return (form == RequestForm.ANNOUNCING) ? announce(call, streamId) : call.encode(streamId, form);
			}
			catch (FrameTooLargeException ex) {
				// the request itself may still fit
			}
		}
		return call.encode(streamId, RequestForm.PLAIN);
	}

	private EncodedFrame announce(PendingCall call, long streamId) {
		long now = System.nanoTime();
		EncodedFrame frame = call.encode(streamId, RequestForm.ANNOUNCING);
		this.announcedAt = now;
		this.announcedOn = streamId;
		// first the stream id, then the form: answered() reads them in the reverse order
		this.form = RequestForm.EARLY;
		return frame;
	}

	/**
	 * Note that a request was withdrawn before it was written: if it had the
	 * announcement, the next one gets it. Call with the connection's submit lock held.
	 */
	void withdrawn(long streamId) {
		if (isAnnouncement(streamId)) {
			this.form = RequestForm.ANNOUNCING;
		}
	}

	/**
	 * Return whether a request has the announcement, without which nothing is ever agreed
	 * upon. Call with the connection's submit lock held.
	 */
	boolean isAnnouncement(long streamId) {
		return this.form == RequestForm.EARLY && this.announcedOn == streamId;
	}

	/**
	 * Take a frame from the server, unless the server has not announced that it sends
	 * such.
	 */
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
	 * Return whether the server's clock is this client's: the server says so, and has
	 * read it after the announcement was written and before the greeting was read.
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
	 * Note an answer. If its request was not written before the announcement and the
	 * server has not answered that yet, it never will.
	 */
	void answered(long streamId) {
		if (this.understood == null && this.form == RequestForm.EARLY && streamId >= this.announcedOn) {
			hello(Set.of(), false);
		}
	}

	/** Return whether the server keeps deadlines, no matter when it reads a request. */
	boolean sharesClock() {
		return this.form == RequestForm.ON_HOST_CLOCK;
	}

	private boolean understands(Extension extension) {
		Set<Extension> understood = this.understood;
		return understood != null && understood.contains(extension);
	}

	/**
	 * Tell the server that a call was cancelled, now or when it is known to understand.
	 */
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
