package io.github.udsboot.protocol.line;

import java.nio.ByteBuffer;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.MessageFrame;

/**
 * Decodes lines on the server with {@link LineRouting#FIRST_WORD}.
 *
 * <pre>
 * line = route [ " " payload ]
 * </pre>
 */
final class RoutedLineDecoder extends LineDecoder {

	private final int maxRouteLength;

	RoutedLineDecoder(int maxRouteLength) {
		this.maxRouteLength = maxRouteLength;
	}

	@Override
	Frame decodeText(ByteBuffer in, int from, int to) {
		// a word that continues beyond the limit is too long, whatever its length
		int bound = (to - from > this.maxRouteLength) ? from + this.maxRouteLength + 1 : to;
		int wordEnd = wordEnd(in, from, bound);
		if (wordEnd - from > this.maxRouteLength) {
			return new InvalidFrame(0, Status.RESOURCE_EXHAUSTED,
					"Route is over the limit of " + this.maxRouteLength + " bytes");
		}
		String route = text(in, from, wordEnd);
		if (hasControlCharacter(route)) {
			return new InvalidFrame(0, Status.INVALID_ARGUMENT, "Control character in the route");
		}
		return new MessageFrame(route, bytes(in, Math.min(wordEnd + 1, to), to));
	}

	private static boolean hasControlCharacter(String route) {
		for (int i = 0; i < route.length(); i++) {
			if (Character.isISOControl(route.charAt(i))) {
				return true;
			}
		}
		return false;
	}

}
