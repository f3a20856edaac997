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
 * Lines with a delimiter of several characters, which begins more often than it ends,
 * under the contract of all framed protocols.
 */
class DelimitedLineFrameReaderTests extends FrameReaderContractTests {

	@Override
	protected WireProtocol protocol() {
		return new LineProtocol().withDelimiter("aab");
	}

	@Override
	protected List<Frame> framesTo(Side side) {
		return Stream
			.of("", "a", "aa", "aaa", "ab", "ba", "baa", "abaabraa".replace("aab", "a-b"), "\n", "\r\n", "\0",
					"größe \ud83d\ude00 a", "a".repeat(90), "ab".repeat(2_000), "a".repeat(70_000),
					"acaa".repeat(60_000), "b")
			.<Frame>map((text) -> new MessageFrame(text.getBytes(StandardCharsets.UTF_8)))
			.toList();
	}

	@Override
	protected Frame frameOfSize(Side side, int size) {
		return new MessageFrame("a".repeat(size).getBytes(StandardCharsets.UTF_8));
	}

}
