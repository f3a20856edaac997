package io.github.udsboot.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.DataFrame;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameText;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;

/**
 * Compares frames, whose records compare arrays by identity, and fast: it is done some
 * million times.
 */
final class Frames {

	private Frames() {
	}

	static boolean same(@Nullable Frame one, @Nullable Frame other) {
		if (one instanceof RequestFrame a && other instanceof RequestFrame b) {
			return a.streamId() == b.streamId() && a.route().equals(b.route())
					&& Arrays.equals(a.payload(), b.payload()) && a.timeoutNanos() == b.timeoutNanos()
					&& a.metadata().equals(b.metadata()) && a.kind() == b.kind()
					&& a.betweenPeers() == b.betweenPeers();
		}
		if (one instanceof ResponseFrame a && other instanceof ResponseFrame b) {
			return a.streamId() == b.streamId() && a.status() == b.status() && a.message().equals(b.message())
					&& Arrays.equals(a.payload(), b.payload()) && a.undispatched() == b.undispatched()
					&& a.details().equals(b.details());
		}
		if (one instanceof DataFrame a && other instanceof DataFrame b) {
			return a.streamId() == b.streamId() && a.item() == b.item() && a.last() == b.last()
					&& (!a.item() || Arrays.equals(a.payload(), b.payload()));
		}
		if (one instanceof MessageFrame a && other instanceof MessageFrame b) {
			return a.route().equals(b.route()) && Arrays.equals(a.payload(), b.payload());
		}
		return (one != null) ? one.equals(other) : other == null;
	}

	static boolean same(List<Frame> some, List<Frame> others) {
		if (some.size() != others.size()) {
			return false;
		}
		for (int i = 0; i < some.size(); i++) {
			if (!same(some.get(i), others.get(i))) {
				return false;
			}
		}
		return true;
	}

	static byte[] bytes(EncodedFrame frame) {
		byte[] bytes = Arrays.copyOf(frame.head(), frame.size());
		System.arraycopy(frame.body(), 0, bytes, frame.head().length, frame.body().length);
		return bytes;
	}

	static String text(List<Frame> frames) {
		return frames.stream().map(FrameText::of).collect(Collectors.joining("\n  ", "\n  ", "\n"));
	}

}
