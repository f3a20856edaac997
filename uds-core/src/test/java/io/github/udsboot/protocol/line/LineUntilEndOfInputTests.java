package io.github.udsboot.protocol.line;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Answers that the end of the input ends.
 */
class LineUntilEndOfInputTests {

	private final LineProtocol protocol = new LineProtocol().untilEndOfInput();

	@Test
	void everythingIsOneMessageWithoutTheLastDelimiter() throws Exception {
		assertThat(all(this.protocol, "one\ntwo\r\nthree")).containsExactly("one\ntwo\r\nthree");
		assertThat(all(this.protocol, "one\ntwo\n")).containsExactly("one\ntwo");
		assertThat(all(this.protocol, "one\r\n\r\n")).containsExactly("one\r\n");
		assertThat(all(this.protocol, "one\r")).containsExactly("one\r");
		assertThat(all(this.protocol, "\r\n")).containsExactly("");
		assertThat(all(this.protocol, "\n")).containsExactly("");
		assertThat(all(this.protocol.withDelimiter("aab"), "aabaab")).containsExactly("aab");
		assertThat(all(this.protocol.withDelimiter("\r\n"), "x\r\r\n")).containsExactly("x\r");
		assertThat(all(this.protocol.withDelimiter("abc"), "bc")).containsExactly("bc");
	}

	@Test
	void nothingIsNoMessage() throws Exception {
		assertThat(all(this.protocol, "")).isEmpty();
	}

	@Test
	void invalidUtf8IsRefused() throws Exception {
		assertThat(all(this.protocol, "one\ntwo\u00c3\n"))
			.containsExactly("!0 INVALID_ARGUMENT: Line is no valid UTF-8 at byte 7");
	}

	@Test
	void failureIsAFailureStill() throws Exception {
		LineProtocol routed = this.protocol.withRouting(LineRouting.FIRST_WORD);
		assertThat(all(routed, "ERR NOT_FOUND no order\n")).containsExactly("<0 NOT_FOUND: no order>");
		assertThat(all(this.protocol, "ERR NOT_FOUND no order\n")).containsExactly("ERR NOT_FOUND no order");
	}

	@Test
	void limitIsForAllThatComes() throws Exception {
		FrameReader reader = this.protocol.newReader(Side.CLIENT, Lines.limit(8));
		ReaderDriver driver = new ReaderDriver(reader);
		assertThat(driver.feed(Lines.bytes("1234\n678"))).isEmpty();
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> driver.feed(Lines.bytes("\n")))
			.withMessageContaining("8 bytes");
	}

	@Test
	void serverReadsLinesAllTheSame() throws Exception {
		assertThat(Lines.read(this.protocol, Side.SERVER, FrameLimits.DEFAULTS, "one\ntwo\nthree"))
			.containsExactly("one", "two");
	}

	private static List<String> all(LineProtocol protocol, String latin1) throws Exception {
		String expected = null;
		for (int chunk : new int[] { 1, 2, 5, 100_000 }) {
			FrameReader reader = protocol.newReader(Side.CLIENT, FrameLimits.DEFAULTS);
			assertThat(new ReaderDriver(reader).feed(Lines.bytes(latin1), () -> chunk)).isEmpty();
			assertThat(reader.isMidFrame()).isFalse();
			assertThat(reader.target()).isNull();
			Frame frame = reader.end();
			assertThat(reader.end()).isNull();
			String text = (frame != null) ? Lines.text(frame) : "nothing";
			expected = (expected != null) ? expected : text;
			assertThat(text).isEqualTo(expected);
		}
		return "nothing".equals(expected) ? List.of() : List.of(String.valueOf(expected));
	}

}
