package io.github.udsboot.protocol.line;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.UnencodableFrameException;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reader and writer against a model that has all bytes in one string and takes its time.
 */
class LineModelTests {

	private static final String[] DELIMITERS = { "\n", "\r\n", "\0", "a", "aa", "ab", "aab", "aba", "abab", "aabaaab",
			"\u00fc", "\n\n", "\r", "ab\n" };

	/**
	 * Few, so that delimiters, their parts, broken characters, and bytes that differ from
	 * the beginning of a delimiter in one bit come often.
	 */
	private static final String ALPHABET = "aaabbb\r\n\n\0\u00c3\u00bc`\u000b\u0001";

	private final Random random = new Random(20_260_101);

	private final ByteBuffer buffer = ReaderDriver.newBuffer();

	@Test
	void anyBytesAreReadAsByTheModel() throws Exception {
		for (int i = 0; i < 100_000; i++) {
			String delimiter = DELIMITERS[this.random.nextInt(DELIMITERS.length)];
			int limit = 1 + this.random.nextInt(this.random.nextBoolean() ? 8 : 100);
			String input = text(this.random.nextInt((i % 10 == 0) ? 300 : 40));
			int greatest = 1 + this.random.nextInt(20);
			FrameReader reader = new LineProtocol().withDelimiter(delimiter).newReader(Side.SERVER, Lines.limit(limit));
			List<Frame> frames = new ReaderDriver(reader, this.buffer).feed(Lines.bytes(input),
					() -> 1 + this.random.nextInt(greatest));
			List<String> expected = model(input, delimiter, limit);
			if (!Lines.texts(frames).equals(expected) || reader.isMidFrame() == endsALine(input, delimiter)) {
				assertThat(Lines.texts(frames)).as("input '%s' delimiter '%s'", input, delimiter).isEqualTo(expected);
				assertThat(reader.isMidFrame()).as("input '%s' delimiter '%s'", input, delimiter)
					.isNotEqualTo(endsALine(input, delimiter));
			}
		}
	}

	@Test
	void whatIsWrittenIsReadAsThatLineAndWhatIsRefusedWouldNotBe() {
		int written = 0;
		int refused = 0;
		for (int i = 0; i < 100_000; i++) {
			String delimiter = DELIMITERS[this.random.nextInt(DELIMITERS.length)];
			String line = text(this.random.nextInt(12));
			String bytes = line + latin1(delimiter);
			// what is on the wire before is whole lines
			int begin = bytes.indexOf(latin1(delimiter));
			boolean sendable = begin == line.length() && validTo(line) == line.length();
			try {
				EncodedFrame encoded = new LineProtocol().withDelimiter(delimiter)
					.newWriter(FrameLimits.DEFAULTS)
					.encode(new MessageFrame(Lines.bytes(line)));
				assertThat(Lines.text(encoded)).isEqualTo(bytes);
				assertThat(sendable).as("line '%s' delimiter '%s'", line, delimiter).isTrue();
				written++;
			}
			catch (UnencodableFrameException ex) {
				assertThat(sendable).as("line '%s' delimiter '%s'", line, delimiter).isFalse();
				assertThat(ex.getOffset()).isEqualTo((begin < line.length()) ? begin : validTo(line));
				assertThat(ex).hasMessageContaining("byte " + ex.getOffset());
				refused++;
			}
		}
		assertThat(written).isGreaterThan(10_000);
		assertThat(refused).isGreaterThan(10_000);
	}

	private String text(int length) {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < length; i++) {
			text.append(ALPHABET.charAt(this.random.nextInt(ALPHABET.length())));
		}
		return text.toString();
	}

	private static List<String> model(String input, String delimiter, int limit) {
		List<String> lines = new ArrayList<>();
		String rest = input;
		for (int at = rest.indexOf(latin1(delimiter)); at >= 0; at = rest.indexOf(latin1(delimiter))) {
			String line = rest.substring(0, at);
			rest = rest.substring(at + latin1(delimiter).length());
			line = (delimiter.equals("\n") && line.endsWith("\r")) ? line.substring(0, at - 1) : line;
			if (line.length() > limit) {
				lines.add("!0 RESOURCE_EXHAUSTED: Line is over the limit of " + limit + " bytes");
			}
			else if (validTo(line) < line.length()) {
				lines.add("!0 INVALID_ARGUMENT: Line is no valid UTF-8 at byte " + validTo(line));
			}
			else {
				lines.add(line);
			}
		}
		return lines;
	}

	private static boolean endsALine(String input, String delimiter) {
		String rest = input;
		for (int at = rest.indexOf(latin1(delimiter)); at >= 0; at = rest.indexOf(latin1(delimiter))) {
			rest = rest.substring(at + latin1(delimiter).length());
		}
		return rest.isEmpty();
	}

	/** Return how far bytes are UTF-8 in the eyes of the JDK. */
	private static int validTo(String latin1) {
		ByteBuffer in = ByteBuffer.wrap(Lines.bytes(latin1));
		StandardCharsets.UTF_8.newDecoder().decode(in, CharBuffer.allocate(latin1.length()), true);
		return in.position();
	}

	private static String latin1(String text) {
		return Lines.text(text.getBytes(StandardCharsets.UTF_8));
	}

}
