package io.github.udsboot.fuzz;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.Utf8;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.line.LineRouting;

/**
 * Lines, with a line feed or with delimiters that begin as they end.
 */
final class LineDecoderSetup extends Decoder {

	private static final String[] DELIMITERS = { "\n", "\n", "\r\n", "\0", "aab", "abab", "\u00fc", "a" };

	private final LineProtocol[] protocols;

	private final Kind kind;

	private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

	LineDecoderSetup(Kind kind) {
		this.kind = kind;
		this.protocols = Arrays.stream(DELIMITERS)
			.map((delimiter) -> new LineProtocol().withDelimiter(delimiter)
				.withRouting((kind == Kind.ROUTED || kind == Kind.ANSWERS) ? LineRouting.FIRST_WORD : LineRouting.NONE))
			.map((protocol) -> (kind == Kind.TO_END) ? protocol.untilEndOfInput() : protocol)
			.toArray(LineProtocol[]::new);
	}

	private static int delimiter(int setup) {
		return (setup >> LIMIT_BITS) % DELIMITERS.length;
	}

	private LineProtocol protocol(int setup) {
		return this.protocols[delimiter(setup)];
	}

	private Side side() {
		return (this.kind == Kind.PLAIN || this.kind == Kind.ROUTED) ? Side.SERVER : Side.CLIENT;
	}

	@Override
	FrameReader newReader(int setup) {
		return protocol(setup).newReader(side(), limits(setup));
	}

	/** Gathered bytes are doubled, and no more than a line and its delimiter. */
	@Override
	long heldBound(int setup, long arrived) {
		return Math.min(192 + 6 * arrived, 2L * (limits(setup).maxFrameSize() + 8));
	}

	/** Messages of failures are cleaned. */
	@Override
	boolean isExact(Frame frame) {
		return frame instanceof MessageFrame;
	}

	@Override
	boolean gathersToTheEnd() {
		return this.kind == Kind.TO_END;
	}

	@Override
	void check(Frame frame, int setup) {
		if (frame instanceof MessageFrame message) {
			int route = Utf8.length(message.route());
			Require.that(route + message.payload().length <= limits(setup).maxFrameSize(), () -> "Over the limit");
			Require.that(route <= limits(setup).maxRouteLength(), () -> "Route over the limit");
			Require.that(this.kind == Kind.ROUTED || route == 0, () -> "A route that nobody has sent");
			Require.that(Utf8.isValid(ByteBuffer.wrap(message.payload()), 0, message.payload().length),
					() -> "No valid UTF-8");
		}
		else {
			Require.that(
					frame instanceof InvalidFrame
							|| (this.kind == Kind.ANSWERS && frame instanceof ResponseFrame response
									&& response.status() != Status.OK && response.payload().length == 0),
					() -> "Unexpected " + frame);
		}
	}

	@Override
	@Nullable EncodedFrame encode(Frame frame, int setup) {
		if (frame instanceof ResponseFrame failure) {
			return protocol(setup).encodeFailure(failure.status(), failure.message());
		}
		if (frame instanceof InvalidFrame || this.kind == Kind.TO_END) {
			return null;
		}
		MessageFrame message = (MessageFrame) frame;
		if (this.kind == Kind.ROUTED && message.route().isEmpty()) {
			// a client that names no route sends to none
			return null;
		}
		byte[] payload = message.payload();
		if (DELIMITERS[delimiter(setup)].equals("\n") && payload.length > 0 && payload[payload.length - 1] == '\r') {
			// a carriage return before a line feed is part of it to a reader
			return null;
		}
		return protocol(setup).newWriter(limits(setup)).encode(frame);
	}

	@Override
	List<Frame> readAgain(EncodedFrame encoded, Frame frame, int setup) throws Exception {
		// a message of ours may be longer than what was read: its delimiters are spaces
		FrameReader reader = (frame instanceof ResponseFrame) ? protocol(setup).newReader(side(), limits(1))
				: newReader(setup);
		ByteBuffer bytes = ByteBuffer.wrap(Frames.bytes(encoded));
		List<Frame> frames = new ArrayList<>();
		for (Frame read = reader.read(bytes); read != null; read = reader.read(bytes)) {
			frames.add((read instanceof ResponseFrame response && frame instanceof ResponseFrame)
					? ResponseFrame.failed(0, response.status(), "") : read);
		}
		return frames;
	}

	@Override
	Frame normalized(Frame frame, int setup) {
		if (frame instanceof ResponseFrame failure) {
			return ResponseFrame.failed(0, failure.status(), "");
		}
		return frame;
	}

	/** A string for bytes, in which delimiters are looked for. */
	@Override
	@Nullable List<Frame> model(byte[] input, int setup) {
		if (this.kind != Kind.PLAIN) {
			return null;
		}
		int limit = limits(setup).maxFrameSize();
		String delimiter = DELIMITERS[delimiter(setup)];
		String wire = new String(delimiter.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
		String all = new String(input, StandardCharsets.ISO_8859_1);
		List<Frame> frames = new ArrayList<>();
		int from = 1;
		for (int end = all.indexOf(wire, from); end >= 0; end = all.indexOf(wire, from)) {
			boolean carriageReturn = delimiter.equals("\n") && end > from && all.charAt(end - 1) == '\r';
			byte[] line = Arrays.copyOfRange(input, from, carriageReturn ? end - 1 : end);
			from = end + wire.length();
			ByteBuffer bytes = ByteBuffer.wrap(line);
			this.utf8.reset().decode(bytes, CharBuffer.allocate(line.length), true);
			if (line.length > limit) {
				frames.add(new InvalidFrame(0, Status.RESOURCE_EXHAUSTED,
						"Line is over the limit of " + limit + " bytes"));
			}
			else if (bytes.position() < line.length) {
				frames.add(new InvalidFrame(0, Status.INVALID_ARGUMENT,
						"Line is no valid UTF-8 at byte " + bytes.position()));
			}
			else {
				frames.add(new MessageFrame(line));
			}
		}
		return frames;
	}

	@Override
	List<byte[]> seeds() {
		List<byte[]> seeds = new ArrayList<>();
		for (int setup = 0; setup < DELIMITERS.length << LIMIT_BITS; setup++) {
			int limit = limits(setup).maxFrameSize();
			if (limit <= 1_000) {
				for (int length = limit - 1; length <= limit + 2; length++) {
					String line = "x".repeat(length);
					seeds.add(input(setup, line + DELIMITERS[delimiter(setup)] + "y" + DELIMITERS[delimiter(setup)]));
					seeds.add(input(setup, line + "\r" + DELIMITERS[delimiter(setup)] + line));
				}
			}
		}
		List<String> lines = switch (this.kind) {
			case PLAIN, TO_END -> List.of("", "ping", "gr\u00fcn \ud83d\ude00", "b\rb", "ba bab", "x".repeat(1_500));
			case ROUTED ->
				List.of("ping", "orders.get 42", "gr\u00fcn {\"id\":1}", " x", "r  ", "x".repeat(300) + " y");
			case ANSWERS -> List.of("pong", "ERR NOT_FOUND no order 42", "ERR INTERNAL", "ERR no", "ERR UNAVAILABLE ",
					"ERR RESOURCE_EXHAUSTED \u00fc");
		};
		for (int setup = 0; setup < DELIMITERS.length << LIMIT_BITS; setup += 5) {
			String delimiter = DELIMITERS[delimiter(setup)];
			StringBuilder all = new StringBuilder();
			for (String line : lines) {
				seeds.add(input(setup, line + delimiter));
				all.append(line).append(delimiter);
			}
			seeds.add(input(setup, all + "rest"));
			seeds.add(input(setup, all.toString().replace(delimiter, "\r" + delimiter)));
		}
		return seeds;
	}

	static byte[] input(int setup, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		byte[] input = new byte[1 + bytes.length];
		input[0] = (byte) setup;
		System.arraycopy(bytes, 0, input, 1, bytes.length);
		return input;
	}

	/** What a line is. */
	enum Kind {

		/** All of it a message. */
		PLAIN,

		/** To a server that has routes. */
		ROUTED,

		/** From such a server. */
		ANSWERS,

		/** A part of one message, which the end of the input ends. */
		TO_END

	}

}
