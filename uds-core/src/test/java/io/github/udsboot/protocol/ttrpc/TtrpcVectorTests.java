package io.github.udsboot.protocol.ttrpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameText;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.ProtocolException;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The vectors of {@code docs/protocol.md}.
 */
class TtrpcVectorTests {

	private static final Pattern BLOCK = Pattern.compile("^```vector\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

	private static final Pattern LINE = Pattern.compile("(\\w*) +(.*)|(\\w+)");

	private final TtrpcProtocol protocol = new TtrpcProtocol();

	static Stream<Vector> vectors() throws IOException {
		List<Vector> vectors = new ArrayList<>();
		Matcher block = BLOCK.matcher(Files.readString(Path.of("../docs/protocol.md")).replace("\r\n", "\n"));
		while (block.find()) {
			vectors.add(Vector.parse(block.group(1)));
		}
		return vectors.stream();
	}

	@Test
	void pageHasVectorsWithNamesOfTheirOwn() throws Exception {
		assertThat(vectors().map(Vector::toString)).hasSizeGreaterThan(20).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@MethodSource("vectors")
	void isReadAsThePageSays(Vector vector) throws Exception {
		FrameReader reader = this.protocol.newReader(vector.reader(), FrameLimits.DEFAULTS);
		ReaderDriver driver = new ReaderDriver(reader);
		if (vector.get("is").equals("closed")) {
			assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> driver.feed(vector.bytes()));
			return;
		}
		List<Frame> expected = vector.frames();
		assertThat(FrameText.of(driver.feed(vector.bytes()))).isEqualTo(FrameText.of(expected));
		assertThat(reader.isMidFrame()).isFalse();
	}

	@ParameterizedTest
	@MethodSource("vectors")
	void isWrittenAsThePageSays(Vector vector) {
		if (vector.get("check").equals("both")) {
			EncodedFrame encoded = this.protocol.newWriter(FrameLimits.DEFAULTS).encode(vector.frames().get(0));
			assertThat(Raw.join(encoded.head(), encoded.body())).isEqualTo(vector.bytes());
		}
	}

	/** One block of the page. */
	private static final class Vector {

		private final Map<String, String> values = new HashMap<>();

		private final Map<String, List<String>> metadata = new LinkedHashMap<>();

		static Vector parse(String block) {
			Vector vector = new Vector();
			String key = "";
			for (String text : block.split("\n")) {
				Matcher line = LINE.matcher(text.replaceFirst(" *#.*", ""));
				assertThat(line.matches()).as(text).isTrue();
				String value = (line.group(2) != null) ? line.group(2).strip() : "";
				String word = (line.group(3) != null) ? line.group(3) : line.group(1);
				key = word.isEmpty() ? key : word;
				if (key.equals("metadata")) {
					String[] entry = value.split("=", 2);
					vector.metadata.computeIfAbsent(entry[0], (name) -> new ArrayList<>()).add(entry[1]);
				}
				else {
					vector.values.merge(key, value, (first, second) -> first + " " + second);
				}
			}
			return vector;
		}

		Side reader() {
			return switch (get("from")) {
				case "client" -> Side.SERVER;
				case "server" -> Side.CLIENT;
				default -> throw new IllegalArgumentException(get("from"));
			};
		}

		byte[] bytes() {
			String[] parts = get("bytes").split("\\+");
			byte[] bytes = Raw.hex(parts[0]);
			return (parts.length == 1) ? bytes
					: Raw.join(bytes, new byte[Integer.parseInt(parts[1].substring(0, parts[1].indexOf('*')))]);
		}

		List<Frame> frames() {
			long stream = Long.parseLong(this.values.getOrDefault("stream", "0"));
			Status status = Status.valueOf(this.values.getOrDefault("status", "OK"));
			byte[] payload = Raw.hex(this.values.getOrDefault("payload", ""));
			return switch (get("is")) {
				case "request" -> List.of(new RequestFrame(stream, get("route"), payload,
						Long.parseLong(this.values.getOrDefault("timeout", "0")), this.metadata));
				case "response" -> List.of(new ResponseFrame(stream, status, this.values.getOrDefault("message", ""),
						payload, Boolean.parseBoolean(this.values.get("undispatched"))));
				case "invalid" -> List.of(new InvalidFrame(stream, status, ""));
				case "nothing" -> List.of();
				default -> throw new IllegalArgumentException(get("is"));
			};
		}

		String get(String key) {
			assertThat(this.values).containsKey(key);
			return this.values.get(key);
		}

		@Override
		public String toString() {
			return get("name");
		}

	}

}
