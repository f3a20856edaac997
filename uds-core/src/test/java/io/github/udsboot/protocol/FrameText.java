package io.github.udsboot.protocol;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

import io.github.udsboot.StatusDetail;

/**
 * Frames as text, because records compare arrays by identity.
 */
public final class FrameText {

	private FrameText() {
	}

	public static List<String> of(List<? extends Frame> frames) {
		return frames.stream().map(FrameText::of).toList();
	}

	public static String of(Frame frame) {
		if (frame instanceof RequestFrame request) {
			return "request %d '%s' timeout %d metadata %s payload %s%s%s%s".formatted(request.streamId(),
					request.route(), request.timeoutNanos(), request.metadata(), bytes(request.payload()),
					(request.kind() != RequestFrame.Kind.UNARY) ? " " + request.kind() : "",
					request.betweenPeers() ? " between peers" : "",
					request.onHostClock() ? " on the host's clock" : "");
		}
		if (frame instanceof ResponseFrame response) {
			return "response %d %s '%s'%s payload %s%s".formatted(response.streamId(), response.status(),
					response.message(), response.undispatched() ? " not dispatched" : "", bytes(response.payload()),
					details(response.details()));
		}
		if (frame instanceof MessageFrame message) {
			return "message '%s' payload %s".formatted(message.route(), bytes(message.payload()));
		}
		if (frame instanceof DataFrame data) {
			return "data %d%s%s".formatted(data.streamId(), data.item() ? " item " + bytes(data.payload()) : "",
					data.last() ? " last" : "");
		}
		if (frame instanceof ExtensionFrame) {
			return frame.toString();
		}
		if (frame instanceof RefusalFrame refusal) {
			return refusal.toString();
		}
		InvalidFrame invalid = (InvalidFrame) frame;
		return "invalid %d %s".formatted(invalid.streamId(), invalid.status());
	}

	private static String details(List<StatusDetail> details) {
		return details.stream()
			.map((detail) -> " detail '" + detail.typeUrl() + "' " + bytes(detail.value()))
			.collect(Collectors.joining());
	}

	private static String bytes(byte[] bytes) {
		return (bytes.length <= 64) ? HexFormat.of().formatHex(bytes)
				: "of %d bytes, hash %08x".formatted(bytes.length, Arrays.hashCode(bytes));
	}

}
