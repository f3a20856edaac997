package io.github.udsboot.protocol.line;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReaderContractTests;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocol.Side;

/**
 * Lines as they are by default under the contract of all framed protocols.
 */
class LineFrameReaderTests extends FrameReaderContractTests {

	@Override
	protected WireProtocol protocol() {
		return new LineProtocol();
	}

	@Override
	protected List<Frame> framesTo(Side side) {
		return Stream
			.of("greet Ada", "", "x", " ", "\r-", "a\rb\0c", "größe \ud83d\ude00", "1234567", "12345678", "123456789",
					"ERR INTERNAL only text here", "y".repeat(90), "z".repeat(1_024), "\u20ac".repeat(5_461),
					"w\0".repeat(8_200), "ü".repeat(150_000), "q".repeat(65_535), "end")
			.<Frame>map((text) -> new MessageFrame(text.getBytes(StandardCharsets.UTF_8)))
			.toList();
	}

	@Override
	protected Frame frameOfSize(Side side, int size) {
		return new MessageFrame("abcdefghij".repeat(size / 10 + 1).substring(0, size).getBytes(StandardCharsets.UTF_8));
	}

}
