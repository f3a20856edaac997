package io.github.udsboot.protocol.line;

import java.nio.ByteBuffer;
import java.util.Arrays;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Eight bytes at a time miss none and mistake none.
 */
class DelimiterSearchTests {

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\0", "\u007f", "a" })
	void byteIsFoundWhereverItIsAndBesideAnyOther(String delimiter) {
		byte sought = Lines.bytes(delimiter)[0];
		for (int other = 0; other < 256; other++) {
			byte[] bytes = new byte[24];
			for (int at = 0; at < bytes.length && (byte) other != sought; at++) {
				Arrays.fill(bytes, (byte) other);
				assertThat(new DelimiterSearch(new Delimiter(delimiter)).find(ByteBuffer.wrap(bytes), 0, 24))
					.isEqualTo(-1);
				bytes[at] = sought;
				for (int from = 0; from <= at; from++) {
					DelimiterSearch search = new DelimiterSearch(new Delimiter(delimiter));
					assertThat(search.find(ByteBuffer.wrap(bytes), from, 24)).isEqualTo(at + 1);
					assertThat(search.matched()).isZero();
					assertThat(search.find(ByteBuffer.wrap(bytes), from, at)).isEqualTo(-1);
				}
			}
		}
	}

}
