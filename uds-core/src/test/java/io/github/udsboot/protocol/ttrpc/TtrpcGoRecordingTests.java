package io.github.udsboot.protocol.ttrpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameText;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.ReaderDriver;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.WireProtocol.Side;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Frames that the Go implementation wrote, and its decisions about bad ones. The file
 * says how it came to be and what its names mean.
 */
class TtrpcGoRecordingTests {

	private static final String INTEROP = "udsboot.interop.v1.Interop.";

	private static final String ADA = "0a03416461";

	private static final String GREETING = " '" + INTEROP + "Greet' timeout 0 metadata {} payload " + ADA;

	private static final String HELLO = " OK '' payload 0a0b48656c6c6f2c2041646121";

	/** What each recorded call asks and what Go's server answers. */
	private static final Map<String, List<String>> CALLS = Map.ofEntries(
			Map.entry("greet", List.of("request 1" + GREETING, "response 1" + HELLO)),
			Map.entry("echo-empty",
					List.of("request 1 '" + INTEROP + "Echo' timeout 0 metadata {} payload ",
							"response 1 OK '' payload ")),
			Map.entry("echo-binary",
					List.of("request 1 '" + INTEROP + "Echo' timeout 0 metadata {} payload 0a0500017f80ff",
							"response 1 OK '' payload 0a0500017f80ff")),
			Map.entry("fail",
					List.of("request 1 '" + INTEROP
							+ "Fail' timeout 0 metadata {} payload 0805120d6e6f2073756368207468696e67",
							"response 1 NOT_FOUND 'no such thing' payload ")),
			Map.entry("unknown-method",
					List.of("request 1 '" + INTEROP + "NoSuchMethod' timeout 0 metadata {} payload " + ADA,
							"response 1 UNIMPLEMENTED 'method NoSuchMethod' payload ")),
			Map.entry("unknown-service",
					List.of("request 1 'udsboot.interop.v1.NoSuchService.Greet' timeout 0 metadata {} payload " + ADA,
							"response 1 UNIMPLEMENTED 'service udsboot.interop.v1.NoSuchService' payload ")),
			Map.entry("metadata",
					List.of("request 1 '" + INTEROP
							+ "Metadata' timeout 0 metadata {tenant=[blue, green]} payload 0a0674656e616e74",
							"response 1 OK '' payload 0a04626c75650a05677265656e")),
			Map.entry("three-calls",
					List.of("request 1" + GREETING, "response 1" + HELLO, "request 3" + GREETING, "response 3" + HELLO,
							"request 5" + GREETING, "response 5" + HELLO)),
			Map.entry("raw-unary-flags-1", List.of("request 1" + GREETING + " STREAM", "response 1" + HELLO)),
			Map.entry("raw-unary-flags-2", List.of("request 1" + GREETING + " OPEN_STREAM", "response 1" + HELLO)),
			Map.entry("raw-deadline-exceeded",
					List.of("request 1 '" + INTEROP + "Sleep' timeout 20000000 metadata {} payload 088827",
							"response 1 DEADLINE_EXCEEDED 'context deadline exceeded' payload ")),
			Map.entry("raw-deadline-negative",
					List.of("request 1 '" + INTEROP + "Sleep' timeout -1 metadata {} payload 088827",
							"response 1 DEADLINE_EXCEEDED 'context deadline exceeded' payload ")));

	private static final Set<String> ANSWERED_BY_THE_READER = Set.of("bad-even-stream-id", "bad-zero-stream-id",
			"bad-repeated-stream-id", "bad-decreasing-stream-id", "bad-unknown-type-even", "bad-data-unknown-stream",
			"bad-malformed-envelope", "bad-oversize");

	private static final Set<String> IGNORED = Set.of("bad-unknown-type-odd", "bad-type-zero-odd",
			"bad-response-from-client");

	private static final Set<String> ANSWERED_BEHIND_THE_READER = Set.of("bad-malformed-payload", "bad-zero-length");

	static Stream<Connection> connections() throws IOException {
		Map<String, Connection> connections = new LinkedHashMap<>();
		for (String line : Files.readAllLines(Path.of("../interop/go/testdata/ttrpc-frames.txt"))) {
			if (!line.isBlank() && !line.startsWith("#")) {
				String[] parts = line.split(" ");
				String name = parts[0].split("\\.")[0];
				connections.computeIfAbsent(name, Connection::new)
					.add(new Recorded(parts[0], parts[1].equals("client>server"), bytes(parts[2])));
			}
		}
		return connections.values().stream();
	}

	@Test
	void everyRecordedConnectionIsAccountedFor() throws Exception {
		Set<String> known = new TreeSet<>(CALLS.keySet());
		known.add("deadline");
		known.addAll(ANSWERED_BY_THE_READER);
		known.addAll(IGNORED);
		known.addAll(ANSWERED_BEHIND_THE_READER);
		assertThat(connections().map(Connection::toString)).containsExactlyInAnyOrderElementsOf(known);
	}

	@ParameterizedTest
	@MethodSource("connections")
	void callsAreReadAsMeant(Connection connection) throws Exception {
		if (CALLS.containsKey(connection.name)) {
			assertThat(FrameText.of(connection.read(connection.name)))
				.containsExactlyElementsOf(CALLS.get(connection.name));
		}
	}

	@Test
	void deadlineIsWhatIsLeft() throws Exception {
		Connection connection = connections().filter((candidate) -> candidate.name.equals("deadline")).findAny().get();
		RequestFrame request = (RequestFrame) connection.read("deadline").get(0);
		assertThat(request.timeoutNanos()).isBetween(4_000_000_000L, 5_000_000_000L);
	}

	@ParameterizedTest
	@MethodSource("connections")
	void badFramesAreDecidedAsInGo(Connection connection) throws Exception {
		List<Frame> frames = connection.read(connection.name);
		if (IGNORED.contains(connection.name)) {
			assertThat(frames).isEmpty();
		}
		else if (ANSWERED_BY_THE_READER.contains(connection.name)) {
			InvalidFrame ours = (InvalidFrame) frames.get(0);
			ResponseFrame gos = (ResponseFrame) frames.get(1);
			assertThat(ours.status()).isEqualTo(gos.status()).isNotEqualTo(Status.OK);
			assertThat(ours.streamId()).isEqualTo(gos.streamId());
		}
		else if (ANSWERED_BEHIND_THE_READER.contains(connection.name)) {
			assertThat(frames.get(0)).isInstanceOf(RequestFrame.class);
			assertThat(((ResponseFrame) frames.get(1)).status()).isIn(Status.INTERNAL, Status.UNIMPLEMENTED);
		}
	}

	@ParameterizedTest
	@MethodSource("connections")
	void connectionLivesOn(Connection connection) throws Exception {
		List<Frame> probe = connection.read(connection.name + ".probe");
		if (!probe.isEmpty()) {
			assertThat(FrameText.of(probe)).containsExactly("request 101" + GREETING, "response 101" + HELLO);
		}
	}

	@ParameterizedTest
	@MethodSource("connections")
	void weWriteTheSameBytes(Connection connection) throws Exception {
		for (Recorded recorded : connection.recorded) {
			List<Frame> frames = new ReaderDriver(
					new TtrpcProtocol().newReader(recorded.reader(), FrameLimits.DEFAULTS))
				.feed(recorded.bytes);
			// Go has payload, deadline and metadata in another order
			boolean same = frames.size() == 1 && !(frames.get(0) instanceof InvalidFrame) && recorded.bytes[9] == 0
					&& !(frames.get(0) instanceof RequestFrame request
							&& (request.timeoutNanos() != 0 || !request.metadata().isEmpty()));
			if (same) {
				EncodedFrame encoded = new TtrpcProtocol().newWriter(FrameLimits.DEFAULTS).encode(frames.get(0));
				assertThat(Raw.join(encoded.head(), encoded.body())).isEqualTo(recorded.bytes);
			}
		}
	}

	private static byte[] bytes(String text) {
		String[] parts = text.split("[+*]");
		byte[] bytes = Raw.hex(parts[0]);
		return (parts.length == 1) ? bytes : Raw.join(bytes, new byte[Integer.parseInt(parts[1])]);
	}

	/** The frames of one connection in their order. */
	private static final class Connection {

		private final String name;

		private final List<Recorded> recorded = new ArrayList<>();

		private Connection(String name) {
			this.name = name;
		}

		void add(Recorded frame) {
			this.recorded.add(frame);
		}

		/** Read all of them and return those of one name. */
		List<Frame> read(String name) throws IOException {
			ReaderDriver server = new ReaderDriver(new TtrpcProtocol().newReader(Side.SERVER, FrameLimits.DEFAULTS));
			ReaderDriver client = new ReaderDriver(new TtrpcProtocol().newReader(Side.CLIENT, FrameLimits.DEFAULTS));
			List<Frame> frames = new ArrayList<>();
			for (Recorded recorded : this.recorded) {
				List<Frame> read = (recorded.fromClient ? server : client).feed(recorded.bytes);
				if (recorded.name.equals(name)) {
					frames.addAll(read);
				}
			}
			return frames;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	private record Recorded(String name, boolean fromClient, byte[] bytes) {

		Side reader() {
			return this.fromClient ? Side.SERVER : Side.CLIENT;
		}

	}

}
