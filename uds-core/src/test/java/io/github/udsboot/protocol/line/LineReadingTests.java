package io.github.udsboot.protocol.line;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What is a line and what is none.
 */
class LineReadingTests {

	private final LineProtocol protocol = new LineProtocol();

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	@Test
	void carriageReturnBeforeTheLineFeedIsStrippedAndAnyOtherIsNot() throws Exception {
		assertThat(read("a\r\nb\n\r\n\rc\r\r\nd\re\n")).containsExactly("a", "b", "", "\rc\r", "d\re");
	}

	@Test
	void carriageReturnIsStrippedWhereverTheBytesAreSplit() throws Exception {
		String bytes = "ab\r\n\r\n\r\r\nc\r\n";
		for (int first = 1; first < bytes.length(); first++) {
			for (int then = 1; then < bytes.length(); then++) {
				int[] sizes = { first, then };
				int[] next = { 0 };
				assertThat(
						Lines.read(this.protocol, Side.SERVER, FrameLimits.DEFAULTS, bytes, () -> sizes[next[0]++ % 2]))
					.containsExactly("ab", "", "\r", "c");
			}
		}
	}

	@Test
	void newlineSetAsDelimiterIsTheDefault() throws Exception {
		assertThat(read(this.protocol.withDelimiter("\0").withDelimiter("\n"), "a\r\n")).containsExactly("a");
	}

	@Test
	void otherDelimitersAreTakenLiterally() throws Exception {
		assertThat(read(this.protocol.withDelimiter("\r\n"), "a\nb\r\n\rc\r\n\r\r\n\r\n")).containsExactly("a\nb",
				"\rc", "\r", "");
		assertThat(read(this.protocol.withDelimiter("\0"), "a\r\0b\n\0\0")).containsExactly("a\r", "b\n", "");
		assertThat(read(this.protocol.withDelimiter("\r"), "a\r\nb\r")).containsExactly("a", "\nb");
		assertThat(read(this.protocol.withDelimiter("\u00fc"), "a\u00c3\u00bcb\u00c3\u00bc")).containsExactly("a", "b");
		assertThat(read(this.protocol.withDelimiter("\ud83d\ude00"), "a\u00f0\u009f\u0098\u0080")).containsExactly("a");
	}

	@ParameterizedTest
	@CsvSource({ "aab, aaab|caab|baab", "aba, xaba|baba|aba", "aa, a-aa|-aa|aa", "abab, aabab|ab-abab|ababcabab",
			"--x--, ---x--|--x--|x-x--x--" })
	void delimiterThatOverlapsItselfIsFoundAtEveryOffset(String delimiter, String lines) throws Exception {
		String bytes = lines.replace("|", "");
		List<String> expected = List.of(bytes.split(Pattern.quote(delimiter), -1));
		LineProtocol delimited = this.protocol.withDelimiter(delimiter);
		for (int size = 1; size <= bytes.length(); size++) {
			int chunk = size;
			for (int first = 1; first <= size; first++) {
				int[] next = { first };
				List<String> read = Lines.read(delimited, Side.SERVER, FrameLimits.DEFAULTS, bytes, () -> {
					int length = next[0];
					next[0] = chunk;
					return length;
				});
				assertThat(read).containsExactlyElementsOf(expected.subList(0, expected.size() - 1));
			}
		}
	}

	@Test
	void delimiterMustSaySomething() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.protocol.withDelimiter(""))
			.withMessageContaining("delimiter");
		assertThatIllegalArgumentException().isThrownBy(() -> this.protocol.withDelimiter("\ud83d"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u0080", "\u00c3", "\u00c3(", "\u00e2\u0082", "\u00e2\u0082(", "\u00f0\u009f\u0098",
			"\u00f0\u009f(", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00f4\u0090\u0080\u0080", "\u00ff" })
	void invalidUtf8IsRefusedWithItsOffsetAndTheConnectionGoesOn(String bad) throws Exception {
		for (int before = 0; before < 20; before++) {
			for (String after : new String[] { "", "z", "zzzzzzzzz" }) {
				String good = "\u00c3\u00bc".repeat(before / 3) + "x".repeat(before);
				for (int chunk : new int[] { 1, 3, 1_000 }) {
					assertThat(Lines.read(this.protocol, Side.SERVER, FrameLimits.DEFAULTS,
							good + bad + after + "\r\nnext\n", () -> chunk))
						.containsExactly("!0 INVALID_ARGUMENT: Line is no valid UTF-8 at byte " + good.length(),
								"next");
				}
			}
		}
	}

	@Test
	void validTextIsNeverReplaced() throws Exception {
		String text = "\u0000\u007f\u00c2\u0080\u00df\u00bf\u00e0\u00a0\u0080\u00ef\u00bf\u00bd\u00f4\u008f\u00bf\u00bf";
		assertThat(read(text + "\n")).containsExactly(text);
		assertThat(Lines.read(this.protocol, Side.SERVER, FrameLimits.DEFAULTS, text + "\n", () -> 1))
			.containsExactly(text);
	}

	@Test
	void unterminatedRestIsNoMessage() throws Exception {
		FrameReader reader = this.protocol.newReader(Side.SERVER, FrameLimits.DEFAULTS);
		assertThat(Lines.texts(new ReaderDriver(reader).feed(Lines.bytes("one\nrm -rf /")))).containsExactly("one");
		assertThat(reader.isMidFrame()).isTrue();
		assertThat(reader.end()).isNull();
	}

	@Test
	void partOfADelimiterIsAFrameUnderWayAndNoLine() throws Exception {
		FrameReader reader = this.protocol.withDelimiter("\r\n").newReader(Side.SERVER, FrameLimits.DEFAULTS);
		assertThat(new ReaderDriver(reader).feed(Lines.bytes("\r"))).isEmpty();
		assertThat(reader.isMidFrame()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "1", "2", "7", "1000" })
	void longLineIsSkippedToItsDelimiterAndTheConnectionGoesOn(int chunk) throws Exception {
		String tooLong = "!0 RESOURCE_EXHAUSTED: Line is over the limit of 8 bytes";
		String bytes = "12345678\n12345678\r\n123456789\n123456789\r\n12345678\r\r\n" + "x".repeat(100) + "\nok\n"
				+ "\u00ff".repeat(9) + "\n" + "\r".repeat(9) + "\n";
		assertThat(Lines.read(this.protocol, Side.SERVER, Lines.limit(8), bytes, () -> chunk))
			.containsExactly("12345678", "12345678", tooLong, tooLong, tooLong, tooLong, "ok", tooLong, "\r".repeat(8));
	}

	@ParameterizedTest
	@CsvSource({ "1", "2", "7", "1000" })
	void limitCountsNoPartOfADelimiterThatOverlapsItself(int chunk) throws Exception {
		String tooLong = "!0 RESOURCE_EXHAUSTED: Line is over the limit of 3 bytes";
		assertThat(Lines.read(this.protocol.withDelimiter("aab"), Side.SERVER, Lines.limit(3),
				"aaaaab" + "aaaaaab" + "xaaaab" + "aaaaaaaaaaaaaaaaaab" + "aab", () -> chunk))
			.containsExactly("aaa", tooLong, "xaa", tooLong, "");
	}

	@Test
	void longLineIsNotKept() throws Exception {
		ByteBuffer chunk = ByteBuffer.wrap("x".repeat(50_000).getBytes(StandardCharsets.US_ASCII));
		ByteBuffer end = ByteBuffer.wrap(new byte[] { '\n' });
		List<Frame> frames = new ArrayList<>();
		long allocated = 0;
		// the second time no class is loaded any more
		for (int i = 0; i < 2; i++) {
			FrameReader reader = this.protocol.newReader(Side.SERVER, Lines.limit(100_000));
			long before = this.threads.getCurrentThreadAllocatedBytes();
			for (int j = 0; j < 1_000; j++) {
				assertThat(reader.read(chunk.clear()) == null).isTrue();
			}
			allocated = this.threads.getCurrentThreadAllocatedBytes() - before;
			assertThat(reader.isMidFrame()).isTrue();
			frames.add(reader.read(end.clear()));
			assertThat(reader.isMidFrame()).isFalse();
		}
		assertThat(Lines.texts(frames)).containsOnly("!0 RESOURCE_EXHAUSTED: Line is over the limit of 100000 bytes");
		// two chunks, and what AssertJ takes
		assertThat(allocated).isLessThan(400_000);
	}

	@Test
	void wholeLineIsDecodedWhereItLies() throws Exception {
		FrameReader reader = this.protocol.newReader(Side.SERVER, FrameLimits.DEFAULTS);
		ByteBuffer in = ByteBuffer.allocateDirect(10_010);
		in.put(Lines.bytes("x".repeat(10_000) + "\n123456789"));
		long allocated = 0;
		for (int i = 0; i < 20_000; i++) {
			in.limit(10_001).position(0);
			long before = this.threads.getCurrentThreadAllocatedBytes();
			Frame frame = reader.read(in);
			allocated = this.threads.getCurrentThreadAllocatedBytes() - before;
			if (frame == null) {
				throw new AssertionError("No line");
			}
		}
		assertThat(allocated).isBetween(10_000L, 10_200L);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n", "xxxxxy", "\r\n" })
	@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
	void noByteIsLookedAtTwice(String delimiter) throws Exception {
		// a reader that began anew with each read would need a trillion steps
		int length = 3_000_000;
		FrameReader reader = this.protocol.withDelimiter(delimiter).newReader(Side.SERVER, FrameLimits.DEFAULTS);
		ByteBuffer one = ByteBuffer.allocateDirect(1).put((byte) 'x');
		for (int i = 0; i < length; i++) {
			if (reader.read(one.clear()) != null) {
				throw new AssertionError("No line has ended");
			}
		}
		Frame frame = reader.read(ByteBuffer.wrap(Lines.bytes(delimiter)));
		assertThat(frame).isNotNull();
		assertThat(Lines.text(frame)).hasSize(length);
	}

	private List<String> read(String latin1) throws Exception {
		return read(this.protocol, latin1);
	}

	private List<String> read(LineProtocol protocol, String latin1) throws Exception {
		List<String> lines = Lines.read(protocol, Side.SERVER, FrameLimits.DEFAULTS, latin1);
		assertThat(Lines.read(protocol, Side.CLIENT, FrameLimits.DEFAULTS, latin1, () -> 1)).isEqualTo(lines);
		return lines;
	}

}
