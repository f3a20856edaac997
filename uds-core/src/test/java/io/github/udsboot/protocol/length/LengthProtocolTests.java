package io.github.udsboot.protocol.length;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameText;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The protocol that {@code docs/protocol.md} shows how to write.
 */
class LengthProtocolTests {

	private final FrameLimits limits = new FrameLimits(300, 0, 0, 1);

	private final FrameReader reader = new LengthProtocol().newReader(Side.SERVER, this.limits);

	@ParameterizedTest
	@ValueSource(strings = { "LengthProtocol", "LengthReader" })
	void pageShowsTheSource(String type) throws Exception {
		String source = Files.readString(Path.of("src/test/java/io/github/udsboot/protocol/length", type + ".java"));
		String shown = source.substring(source.indexOf("*/\n") + 3);
		assertThat(Files.readString(Path.of("../docs/protocol.md"))).contains("```java\n" + shown + "```\n");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 1_000 })
	void messagesSurviveTheRoundTrip(int chunk) throws Exception {
		FrameWriter writer = new LengthProtocol().newWriter(this.limits);
		StringBuilder bytes = new StringBuilder();
		List<String> expected = new ArrayList<>();
		for (int length : new int[] { 2, 0, 255, 256, 300 }) {
			MessageFrame message = new MessageFrame("x".repeat(length).getBytes(StandardCharsets.US_ASCII));
			EncodedFrame encoded = writer.encode(message);
			bytes.append(HexFormat.of().formatHex(encoded.head())).append(HexFormat.of().formatHex(encoded.body()));
			expected.add(FrameText.of(message));
		}
		ReaderDriver driver = new ReaderDriver(this.reader);
		assertThat(FrameText.of(driver.feed(HexFormat.of().parseHex(bytes), () -> chunk)))
			.containsExactlyElementsOf(expected);
		assertThat(this.reader.isMidFrame()).isFalse();
	}

	@Test
	void partOfAMessageIsUnderWay() throws Exception {
		ReaderDriver driver = new ReaderDriver(this.reader);
		for (byte part : new byte[] { 0, 2, 'a' }) {
			assertThat(driver.feed(new byte[] { part })).isEmpty();
			assertThat(this.reader.isMidFrame()).isTrue();
		}
		assertThat(driver.feed(new byte[] { 'b' })).hasSize(1);
		assertThat(this.reader.isMidFrame()).isFalse();
	}

	@Test
	void limitHoldsBothWays() {
		assertThatExceptionOfType(ProtocolException.class)
			.isThrownBy(() -> new ReaderDriver(this.reader).feed(HexFormat.of().parseHex("012d")))
			.withMessageContaining("300 bytes");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> new LengthProtocol().newWriter(this.limits).encode(new MessageFrame(new byte[301])));
	}

}
