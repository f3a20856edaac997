package io.github.udsboot.fuzz;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import io.github.udsboot.protocol.Utf8;

/**
 * UTF-8 in both directions, against the JDK's.
 */
final class Utf8Target implements FuzzTarget {

	private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();

	private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();

	@Override
	public void accept(byte[] input) {
		int from = Math.min(input.length, 3);
		ByteBuffer in = ByteBuffer.wrap(input, from, input.length - from);
		this.decoder.reset().decode(in, CharBuffer.allocate(input.length), true);
		int validTo = in.position();
		Require.that(Utf8.validTo(ByteBuffer.wrap(input), from, input.length) == validTo, () -> "Valid to " + validTo
				+ " and not to " + Utf8.validTo(ByteBuffer.wrap(input), from, input.length));
		byte[] valid = Arrays.copyOfRange(input, from, validTo);
		String text = new String(valid, StandardCharsets.UTF_8);
		Require.that(Utf8.length(text) == valid.length && Arrays.equals(Utf8.bytes(text), valid), () -> "Written so");
		int limit = (input.length > 0) ? (input[0] & 0xff) % (valid.length + 1) : 0;
		byte[] cut = Utf8.truncated(text, limit);
		Require.that(cut.length <= limit && cut.length + 4 > limit && Utf8.isValid(ByteBuffer.wrap(cut), 0, cut.length)
				&& Arrays.mismatch(cut, 0, cut.length, valid, 0, cut.length) < 0, () -> "Cut at " + limit);
		anyCharacters(input);
	}

	/** Of any characters, also halves of surrogate pairs. */
	private void anyCharacters(byte[] input) {
		char[] characters = new char[input.length / 2];
		ByteBuffer.wrap(input).asCharBuffer().get(characters);
		String text = new String(characters);
		boolean expressible = this.encoder.reset().canEncode(text);
		try {
			byte[] bytes = Utf8.bytes(text);
			Require.that(expressible && Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8)), () -> "Written");
		}
		catch (IllegalArgumentException ex) {
			Require.that(!expressible, () -> "Refused: " + ex.getMessage());
		}
	}

	@Override
	public long allowedBytes(int length) {
		return (64 << 10) + 100L * length;
	}

	@Override
	public List<byte[]> seeds() {
		return List
			.of("abcdefghijklmnop", "\u00e4\u00f6", "\u20ac uro", "\ud83d\ude00\ud83d\ude00",
					"\uffff\u0000\u07ff\u0800")
			.stream()
			.map((text) -> LineDecoderSetup.input(5, "xx" + text))
			.toList();
	}

}
