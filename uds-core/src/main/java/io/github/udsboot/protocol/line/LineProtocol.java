package io.github.udsboot.protocol.line;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.UntilEndOfInputReader;
import io.github.udsboot.protocol.Utf8;

/**
 * Delimited text: a message is a line of UTF-8, by default ended by a line feed. A
 * carriage return before that line feed is not part of the message; any other delimiter
 * is taken literally. An unterminated rest at the end of the input is not a message.
 * Immutable. {@code docs/protocol.md} specifies this byte by byte.
 */
public final class LineProtocol implements MessageProtocol {

	private static final byte[] EMPTY_PAYLOAD = {};

	private final Delimiter delimiter;

	private final LineRouting routing;

	private final boolean toEnd;

	/**
	 * Create the protocol with a line feed as delimiter and without routes.
	 */
	public LineProtocol() {
		this(Delimiter.NEWLINE, LineRouting.NONE, false);
	}

	private LineProtocol(Delimiter delimiter, LineRouting routing, boolean toEnd) {
		this.delimiter = delimiter;
		this.routing = routing;
		this.toEnd = toEnd;
	}

	/**
	 * Return this protocol with another delimiter.
	 * @param delimiter one or more characters, by default a line feed
	 * @return the protocol
	 * @throws IllegalArgumentException if the delimiter is empty or contains an unpaired
	 * surrogate
	 */
	public LineProtocol withDelimiter(String delimiter) {
		return new LineProtocol(new Delimiter(delimiter), this.routing, this.toEnd);
	}

	/**
	 * Return this protocol with another routing.
	 * @param routing the routing, by default {@link LineRouting#NONE}
	 * @return the protocol
	 */
	public LineProtocol withRouting(LineRouting routing) {
		return new LineProtocol(this.delimiter, routing, this.toEnd);
	}

	@Override
	public String name() {
		return "line";
	}

	@Override
	public FrameReader newReader(Side side, FrameLimits limits) {
		LineDecoder decoder = decoder(side, limits);
		return (this.toEnd && side == Side.CLIENT)
				? new UntilEndOfInputReader(limits.maxFrameSize(), (all) -> decodeAll(decoder, all))
				: new LineFrameReader(this.delimiter, decoder, limits.maxFrameSize());
	}

	@Override
	public FrameWriter newWriter(FrameLimits limits) {
		return new LineFrameWriter(this.delimiter, this.routing, limits.maxFrameSize());
	}

	@Override
	public boolean isRouted() {
		return this.routing == LineRouting.FIRST_WORD;
	}

	/**
	 * Return the greeting as a line, or as several if it contains delimiters.
	 */
	@Override
	public EncodedFrame encodeGreeting(String greeting) {
		byte[] end = greeting.endsWith(this.delimiter.text()) ? EMPTY_PAYLOAD : this.delimiter.bytes();
		return new EncodedFrame(Utf8.bytes(greeting), end);
	}

	/**
	 * Return the line {@code ERR <status> <message>}, with the message stripped of
	 * control characters and delimiters and truncated to 4 KiB.
	 * @return the line, or {@code null} if every such line would contain a delimiter
	 */
	@Override
	public @Nullable EncodedFrame encodeFailure(Status status, String message) {
		byte[] line = FailureLine.write(status, message, this.delimiter);
		return (line != null) ? new EncodedFrame(line, this.delimiter.bytes()) : null;
	}

	/**
	 * Return this protocol for peers that end an answer by ending their output. A single
	 * delimiter at the very end is not part of the message; all others are.
	 */
	@Override
	public LineProtocol untilEndOfInput() {
		return new LineProtocol(this.delimiter, this.routing, true);
	}

	private LineDecoder decoder(Side side, FrameLimits limits) {
		if (this.routing == LineRouting.NONE) {
			return new LineDecoder();
		}
		return (side == Side.SERVER) ? new RoutedLineDecoder(limits.maxRouteLength()) : new AnswerLineDecoder();
	}

	private Frame decodeAll(LineDecoder decoder, ByteBuffer all) {
		int end = all.limit() - this.delimiter.length();
		boolean delimited = end >= 0
				&& all.slice(end, this.delimiter.length()).equals(ByteBuffer.wrap(this.delimiter.bytes()));
		return decoder.decode(all, 0, delimited ? this.delimiter.contentEnd(all, 0, end) : all.limit());
	}

}
