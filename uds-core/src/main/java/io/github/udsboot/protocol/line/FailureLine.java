package io.github.udsboot.protocol.line;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.Utf8;

/**
 * A line that reports a failure instead of an answer.
 *
 * <pre>
 * line = "ERR " status [ " " message ]
 * </pre>
 */
final class FailureLine {

	private static final String PREFIX = "ERR ";

	private static final int PREFIX_BYTES = ByteBuffer.wrap(Utf8.bytes(PREFIX)).getInt();

	private static final int MAX_MESSAGE = 4 << 10;

	private static final Map<String, Status> FAILURES = Arrays.stream(Status.values())
		.filter((status) -> status != Status.OK)
		.collect(Collectors.toUnmodifiableMap(Status::name, Function.identity()));

	private static final int LONGEST_NAME = FAILURES.keySet().stream().mapToInt(String::length).max().orElseThrow();

	private FailureLine() {
	}

	/**
	 * Read a line of UTF-8.
	 * @return the failure, or {@code null} if the line is data
	 */
	static @Nullable ResponseFrame read(ByteBuffer in, int from, int to) {
		if (to - from < PREFIX.length() || in.getInt(from) != PREFIX_BYTES) {
			return null;
		}
		int name = from + PREFIX.length();
		int nameEnd = LineDecoder.wordEnd(in, name, Math.min(to, name + LONGEST_NAME + 1));
		Status status = FAILURES.get(LineDecoder.text(in, name, nameEnd));
		return (status != null) ? ResponseFrame.failed(0, status, LineDecoder.text(in, Math.min(nameEnd + 1, to), to))
				: null;
	}

	/**
	 * Write a line in which everything in the message that would end it, or could harm a
	 * terminal that displays it, is replaced by a space.
	 * @return the line without its delimiter, or {@code null} if none is possible because
	 * the delimiter is part of all such lines
	 */
	static byte @Nullable [] write(Status status, String message, Delimiter delimiter) {
		String name = PREFIX + status.name();
		byte[] line = Utf8.truncated(message.isEmpty() ? name : name + " " + clean(message, delimiter),
				name.length() + 1 + MAX_MESSAGE);
		if (delimiter.firstIn(line) < line.length) {
			// the message ends in the beginning of the delimiter, or the delimiter is in
			// the name
			line = Utf8.bytes(name);
		}
		return (delimiter.firstIn(line) == line.length) ? line : null;
	}

	private static String clean(String message, Delimiter delimiter) {
		StringBuilder printable = new StringBuilder(message);
		for (int i = 0; i < printable.length(); i++) {
			if (Character.isISOControl(printable.charAt(i))) {
				printable.setCharAt(i, ' ');
			}
		}
		return printable.toString().replace(delimiter.text(), " ");
	}

}
