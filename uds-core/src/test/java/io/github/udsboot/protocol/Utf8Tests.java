package io.github.udsboot.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The UTF-8 check against the JDK's decoder.
 */
class Utf8Tests {

	private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();

	@Test
	void everyPairOfBytesIsJudgedAsByTheJdk() {
		for (int i = 0; i < 1 << 16; i++) {
			check((byte) (i >> 8), (byte) i);
		}
	}

	@Test
	void longerSequencesAreJudgedAsByTheJdk() {
		Random random = new Random(1);
		byte[] edges = { 0, 0x7f, (byte) 0x80, (byte) 0x8f, (byte) 0x90, (byte) 0x9f, (byte) 0xa0, (byte) 0xbf,
				(byte) 0xc0, (byte) 0xc2 };
		for (int first = 0xe0; first < 0x100; first++) {
			for (int i = 0; i < 2_000; i++) {
				byte[] bytes = new byte[3 + random.nextInt(2)];
				for (int j = 1; j < bytes.length; j++) {
					bytes[j] = edges[random.nextInt(edges.length)];
				}
				bytes[0] = (byte) first;
				check(bytes);
			}
		}
	}

	@Test
	void badByteIsFoundWhereverItIs() {
		for (int length = 1; length < 40; length++) {
			for (int at = 0; at < length; at++) {
				byte[] bytes = "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
				bytes[at] = (byte) 0xc3;
				check(bytes);
				if (at + 1 < length) {
					bytes[at + 1] = (byte) 0xa4;
					check(bytes);
				}
			}
		}
	}

	@Test
	void firstBadSequenceIsFoundWhereItBegins() {
		for (String bad : new String[] { "80", "c3", "c328", "e282", "e28228", "f09f98", "eda080", "ff" }) {
			for (int before = 0; before < 20; before++) {
				byte[] sequence = HexFormat.of().parseHex(bad);
				byte[] bytes = Arrays.copyOf("x".repeat(before).getBytes(StandardCharsets.US_ASCII),
						before + sequence.length);
				System.arraycopy(sequence, 0, bytes, before, sequence.length);
				assertThat(Utf8.validTo(ByteBuffer.wrap(bytes), 0, bytes.length)).isEqualTo(before);
			}
		}
		byte[] good = "gr\u00fc\u00df \ud83d\ude00".getBytes(StandardCharsets.UTF_8);
		assertThat(Utf8.validTo(ByteBuffer.wrap(good), 0, good.length)).isEqualTo(good.length);
		// a sequence that goes on behind the range is cut off
		assertThat(Utf8.validTo(ByteBuffer.wrap(good), 0, good.length - 1)).isEqualTo(good.length - 4);
	}

	@Test
	void stringIsTurnedIntoBytesOrRefused() {
		String text = "a\u0080\u0800\ud83d\ude00";
		assertThat(Utf8.bytes(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
		assertThatIllegalArgumentException().isThrownBy(() -> Utf8.bytes("a\ud83d"));
	}

	@Test
	void longTextIsCutBetweenTwoCharacters() {
		for (int limit = 0; limit < 12; limit++) {
			byte[] cut = Utf8.truncated("\u00fc\u20ac\ud83d\ude00!", limit);
			int expected = (limit >= 10) ? 10 : (limit == 9) ? 9 : (limit >= 5) ? 5 : (limit >= 2) ? 2 : 0;
			assertThat(cut).hasSize(expected);
			assertThat(isValid(cut)).isTrue();
		}
	}

	private void check(byte... bytes) {
		boolean valid = Utf8.isValid(ByteBuffer.wrap(bytes), 0, bytes.length);
		if (valid != isValid(bytes)) {
			assertThat(valid).as(Integer.toHexString(ByteBuffer.allocate(4).put(bytes).getInt(0)))
				.isEqualTo(isValid(bytes));
		}
	}

	private boolean isValid(byte[] bytes) {
		try {
			this.decoder.decode(ByteBuffer.wrap(bytes));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

}
