package io.github.udsboot.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.github.udsboot.Status;
import io.github.udsboot.StatusDetail;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.line.LineRouting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The vectors of {@code docs/protocol.md}.
 */
class ProtocolVectorTests {

	private static final Pattern BLOCK = Pattern.compile("^```vector\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

	private static final Pattern LINE = Pattern.compile("(\\w*) +(.*)|(\\w+)");

	static Stream<Vector> vectors() throws IOException {
		List<Vector> vectors = new ArrayList<>();
		Matcher block = BLOCK.matcher(Files.readString(Path.of("../docs/protocol.md")).replace("\r\n", "\n"));
		while (block.find()) {
			vectors.add(Vector.parse(block.group(1)));
		}
		return vectors.stream();
	}

	@Test
	void pageHasVectorsOfEachProtocolWithNamesOfTheirOwn() throws Exception {
		assertThat(vectors().map(Vector::toString)).doesNotHaveDuplicates();
		Map<String, Long> counts = vectors()
			.collect(Collectors.groupingBy((vector) -> vector.protocol().name(), Collectors.counting()));
		assertThat(counts.get("ttrpc")).isGreaterThan(20);
		assertThat(counts.get("line")).isGreaterThan(20);
		assertThat(counts.get("raw")).isGreaterThan(2);
	}

	@ParameterizedTest
	@MethodSource("vectors")
	void isReadAsThePageSays(Vector vector) throws Exception {
		if (vector.get("check").equals("write")) {
			return;
		}
		FrameReader reader = vector.protocol().newReader(vector.reader(), FrameLimits.DEFAULTS);
		ReaderDriver driver = new ReaderDriver(reader);
		if (vector.get("is").equals("closed")) {
			assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> driver.feed(vector.bytes()));
			return;
		}
		List<Frame> frames = new ArrayList<>(driver.feed(vector.bytes()));
		assertThat(reader.isMidFrame()).isEqualTo(vector.get("is").equals("truncated"));
		Frame last = reader.end();
		if (last != null) {
			frames.add(last);
		}
		assertThat(FrameText.of(frames)).isEqualTo(FrameText.of(vector.frames()));
	}

	@ParameterizedTest
	@MethodSource("vectors")
	void isWrittenAsThePageSays(Vector vector) {
		if (!vector.get("check").equals("read")) {
			EncodedFrame encoded = vector.encode();
			byte[] bytes = Arrays.copyOf(encoded.head(), encoded.size());
			System.arraycopy(encoded.body(), 0, bytes, encoded.head().length, encoded.body().length);
			assertThat(bytes).isEqualTo(vector.bytes());
		}
	}

	/** One block of the page. */
	private static final class Vector {

		private final Map<String, String> values = new HashMap<>();

		private final Map<String, List<String>> metadata = new LinkedHashMap<>();

		private final List<StatusDetail> details = new ArrayList<>();

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
				else if (key.equals("detail")) {
					int end = value.lastIndexOf('=');
					vector.details.add(new StatusDetail(value.substring(0, end), hex(value.substring(end + 1))));
				}
				else {
					vector.values.merge(key, value, (first, second) -> first + " " + second);
				}
			}
			return vector;
		}

		WireProtocol protocol() {
			WireProtocol protocol = WireProtocols.named(get("protocol"));
			if (protocol instanceof LineProtocol line) {
				String delimiter = new String(hex(this.values.getOrDefault("delimiter", "0a")), StandardCharsets.UTF_8);
				String routing = this.values.getOrDefault("routing", "none").toUpperCase(Locale.ROOT).replace('-', '_');
				protocol = line.withDelimiter(delimiter).withRouting(LineRouting.valueOf(routing));
			}
			return this.values.containsKey("until") ? ((MessageProtocol) protocol).untilEndOfInput() : protocol;
		}

		EncodedFrame encode() {
			WireProtocol protocol = protocol();
			if (protocol instanceof MessageProtocol messages && !get("is").equals("message")) {
				EncodedFrame encoded = get("is").equals("greeting") ? messages.encodeGreeting(get("text")) : messages
					.encodeFailure(Status.valueOf(get("status")), this.values.getOrDefault("message", ""));
				assertThat(encoded).isNotNull();
				return encoded;
			}
			return protocol.newWriter(FrameLimits.DEFAULTS).encode(frames().get(0));
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
			byte[] bytes = hex(parts[0]);
			int more = (parts.length > 1) ? Integer.parseInt(parts[1].substring(0, parts[1].indexOf('*'))) : 0;
			return Arrays.copyOf(bytes, bytes.length + more);
		}

		List<Frame> frames() {
			long stream = Long.parseLong(this.values.getOrDefault("stream", "0"));
			Status status = Status.valueOf(this.values.getOrDefault("status", "OK"));
			byte[] payload = hex(this.values.getOrDefault("payload", ""));
			return switch (get("is")) {
				case "request" -> List.of(new RequestFrame(stream, get("route"), payload,
						Long.parseLong(this.values.getOrDefault("timeout", "0")), this.metadata,
						RequestFrame.Kind.valueOf(this.values.getOrDefault("kind", "UNARY")),
						Boolean.parseBoolean(this.values.get("peers")),
						Boolean.parseBoolean(this.values.get("hostclock"))));
				case "data" -> List
					.of(new DataFrame(stream, payload, Boolean.parseBoolean(this.values.getOrDefault("item", "false")),
							Boolean.parseBoolean(this.values.getOrDefault("last", "false"))));
				case "response" -> List.of(new ResponseFrame(stream, status, this.values.getOrDefault("message", ""),
						payload, Boolean.parseBoolean(this.values.get("undispatched")), this.details));
				case "refusal" -> List.of(new RefusalFrame(stream, status, this.values.getOrDefault("message", "")));
				case "hello" ->
					List.of(new HelloFrame(stream, Extensions.parse(this.values.getOrDefault("extensions", "")),
							Long.parseLong(this.values.getOrDefault("clock", "0"))));
				case "cancel" -> List.of(new CancelFrame(stream));
				case "ping", "pong" ->
					List.of(new PingFrame(stream, ByteBuffer.wrap(payload).getLong(), get("is").equals("pong")));
				case "goaway" -> List.of(new GoAwayFrame(stream));
				case "invalid" -> List.of(new InvalidFrame(stream, status, ""));
				case "message" -> List.of(new MessageFrame(this.values.getOrDefault("route", ""), payload));
				case "nothing", "truncated" -> List.of();
				default -> throw new IllegalArgumentException(get("is"));
			};
		}

		private static byte[] hex(String hex) {
			return HexFormat.of().parseHex(hex.replace(" ", ""));
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
