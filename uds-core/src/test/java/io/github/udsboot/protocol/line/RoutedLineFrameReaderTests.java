package io.github.udsboot.protocol.line;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReaderContractTests;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lines with routes and failures under the contract of all framed protocols.
 */
class RoutedLineFrameReaderTests extends FrameReaderContractTests {

	@Override
	protected LineProtocol protocol() {
		return new LineProtocol().withDelimiter("\r\n").withRouting(LineRouting.FIRST_WORD);
	}

	@Override
	protected List<Frame> framesTo(Side side) {
		return (side == Side.SERVER) ? requests() : answers();
	}

	private static List<Frame> requests() {
		return List.of(message("greet", "Ada"), message("ping", ""), message("", ""), message("größe", "\ud83d\ude00"),
				message("put", " two  spaces "), message("put", "\n"), message("put", "\r"),
				message("r".repeat(255), "x"), message("put", "y".repeat(20_000)), message("put", "ü".repeat(100_000)),
				message("orders.get", "42"));
	}

	private static List<Frame> answers() {
		return List.of(message("", "Hello, Ada!"), message("", ""), message("", "ERR"), message("", "ERROR INTERNAL"),
				ResponseFrame.failed(0, Status.NOT_FOUND, "no order 42"),
				ResponseFrame.failed(0, Status.INVALID_ARGUMENT, ""),
				ResponseFrame.failed(0, Status.FAILED_PRECONDITION, "größe \ud83d\ude00"),
				ResponseFrame.failed(0, Status.INTERNAL, "m".repeat(4_096)), message("", "y".repeat(20_000)),
				message("", "\r".repeat(300_000)), message("", "end"));
	}

	@Override
	protected Frame frameOfSize(Side side, int size) {
		return (side == Side.SERVER) ? message("put", "p".repeat(size - 4)) : message("", "a".repeat(size));
	}

	/** A failure is written without the writer. */
	@Override
	protected EncodedFrame encode(FrameWriter writer, Frame frame) {
		if (!(frame instanceof ResponseFrame failure)) {
			return super.encode(writer, frame);
		}
		EncodedFrame encoded = protocol().encodeFailure(failure.status(), failure.message());
		assertThat(encoded).isNotNull();
		return encoded;
	}

	private static Frame message(String route, String text) {
		return new MessageFrame(route, text.getBytes(StandardCharsets.UTF_8));
	}

}
