package io.github.udsboot.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

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
final class ServerExtensions {

	/** One more than a crowd will give up before the first answer. */
	private static final int MAX_WAITING = 1024;

	/** Guarded by the connection's submit lock. */
	private boolean announced;

	/** {@code null} until it is known. */
	private volatile @Nullable Set<Extension> understood;

	/** Stream ids of calls that were cancelled meanwhile; guarded by the monitor. */
	private final List<Long> waiting = new ArrayList<>();

	private final Consumer<Frame> writer;

	private final LongConsumer goAway;

	/**
	 * Create an instance.
	 * @param exist whether the protocol has any
	 * @param writer writes a frame behind all requests so far
	 * @param goAway told the last stream id that the server has taken, when it takes no
	 * more
	 */
	ServerExtensions(boolean exist, Consumer<Frame> writer, LongConsumer goAway) {
		this.announced = !exist;
		this.understood = exist ? null : Set.of();
		this.writer = writer;
		this.goAway = goAway;
	}

	/**
	 * Encode a request, with the announcement in the first that has room for it. Call
	 * with the connection's submit lock.
	 */
	EncodedFrame encode(PendingCall call, long streamId) {
		if (!this.announced) {
			try {
				EncodedFrame frame = call.encode(streamId, true);
				this.announced = true;
				return frame;
			}
			catch (FrameTooLargeException ex) {
				// the call itself may still fit
			}
		}
		return call.encode(streamId, false);
	}

	/** Take what the server says, unless it has not said that it may say it. */
	void received(ExtensionFrame frame) {
		if (frame instanceof HelloFrame hello) {
			hello(hello.extensions()).forEach((streamId) -> this.writer.accept(new CancelFrame(streamId)));
		}
		else if (frame instanceof PingFrame ping && !ping.answer() && understands(Extension.PING)) {
			this.writer.accept(new PingFrame(ping.streamId(), ping.data(), true));
		}
		else if (frame instanceof GoAwayFrame && understands(Extension.GOAWAY)) {
			this.goAway.accept(frame.streamId());
		}
	}

	/** Return the stream ids of the calls that were cancelled so far. */
	private synchronized List<Long> hello(Set<Extension> understood) {
		if (this.understood != null) {
			return List.of();
		}
		this.understood = understood;
		List<Long> cancelled = understood.contains(Extension.CANCEL) ? List.copyOf(this.waiting) : List.of();
		this.waiting.clear();
		return cancelled;
	}

	/**
	 * The server has answered a request: if it has said nothing so far, it never will.
	 */
	void answered() {
		if (this.understood == null) {
			hello(Set.of());
		}
	}

	private boolean understands(Extension extension) {
		Set<Extension> understood = this.understood;
		return understood != null && understood.contains(extension);
	}

	/** A call was cancelled: tell the server, now or when it is known to understand. */
	void cancelled(long streamId) {
		if (isToBeToldNow(streamId)) {
			this.writer.accept(new CancelFrame(streamId));
		}
	}

	private synchronized boolean isToBeToldNow(long streamId) {
		if (this.understood == null && this.waiting.size() < MAX_WAITING) {
			this.waiting.add(streamId);
		}
		return understands(Extension.CANCEL);
	}

}
