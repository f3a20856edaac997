package io.github.udsboot.protocol.ttrpc;

import java.nio.charset.StandardCharsets;

/**
 * The detail of a status which says that no handler has seen the request, so that it may
 * be sent again. A peer that does not know it sees a detail it may ignore.
 *
 * <pre>
 * Any = 1 type_url string  "type.googleapis.com/google.rpc.ErrorInfo"
 *       2 value    bytes   ErrorInfo { 1 reason string "NOT_DISPATCHED",
 *                                      2 domain string "uds-spring-boot" }
 * </pre>
 */
final class NotDispatched {

	private static final int FIRST = 1 << 3 | 2;

	private static final int SECOND = 2 << 3 | 2;

	private static final byte[] TYPE_URL = ascii("type.googleapis.com/google.rpc.ErrorInfo");

	private static final byte[] REASON = ascii("NOT_DISPATCHED");

	private static final byte[] DOMAIN = ascii("uds-spring-boot");

	/** The embedded message, without tag and length. */
	private static final byte[] ANY = pair(TYPE_URL, pair(REASON, DOMAIN));

	private NotDispatched() {
	}

	/**
	 * Return whether a detail is this one.
	 * @param in holds the detail
	 * @param url the index of its type URL
	 * @param urlLength the length of its type URL
	 * @param value the index of its value
	 * @param length the length of its value
	 */
	static boolean isAt(ProtobufInput in, int url, int urlLength, int value, int length) {
		return in.matches(url, urlLength, TYPE_URL) && isErrorInfo(in, value, length);
	}

	/** A detail of another kind may hold anything, and does not spoil the response. */
	private static boolean isErrorInfo(ProtobufInput in, int from, int length) {
		ProtobufInput info = in.part(from, length);
		boolean reason = false;
		boolean domain = false;
		try {
			for (int tag = info.readTag(); tag != 0; tag = info.readTag()) {
				switch (tag) {
					case FIRST -> {
						int reasonLength = info.skipString();
						reason = info.matches(info.position() - reasonLength, reasonLength, REASON);
					}
					case SECOND -> {
						int domainLength = info.skipString();
						domain = info.matches(info.position() - domainLength, domainLength, DOMAIN);
					}
					default -> info.skipField(tag);
				}
			}
		}
		catch (EnvelopeException ex) {
			return false;
		}
		return reason && domain;
	}

	static byte[] bytes() {
		return ANY;
	}

	/** Both messages have a first and a second field of bytes. */
	private static byte[] pair(byte[] first, byte[] second) {
		ProtobufOutput out = new ProtobufOutput(
				new byte[ProtobufOutput.fieldSize(first.length) + ProtobufOutput.fieldSize(second.length)], 0);
		out.writeBytes(FIRST, first);
		out.writeBytes(SECOND, second);
		return out.array();
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
