package io.github.udsboot.protocol.ttrpc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The detail of a status that says that no handler has seen the request, so that it may
 * be sent again, or that no handler has seen anything of the whole connection. A peer
 * that does not know it sees a detail that it may ignore.
 *
 * <pre>
 * Any = 1 type_url string  "type.googleapis.com/google.rpc.ErrorInfo"
 *       2 value    bytes   ErrorInfo { 1 reason string "NOT_DISPATCHED",
 *                                      2 domain string "uds-spring-boot",
 *                                      3 metadata map { "scope": "connection" } }
 * </pre>
 *
 * The metadata is present only if the whole connection is meant.
 */
final class NotDispatched {

	private static final int FIRST = 1 << 3 | 2;

	private static final int SECOND = 2 << 3 | 2;

	private static final int THIRD = 3 << 3 | 2;

	private static final byte[] TYPE_URL = ascii("type.googleapis.com/google.rpc.ErrorInfo");

	private static final byte[] REASON = ascii("NOT_DISPATCHED");

	private static final byte[] DOMAIN = ascii("uds-spring-boot");

	/** The only entry of the metadata. */
	private static final byte[] SCOPE_CONNECTION = pair(ascii("scope"), ascii("connection"));

	/** The embedded messages, without tag and length. */
	private static final byte[] REQUEST = pair(TYPE_URL, pair(REASON, DOMAIN));

	private static final byte[] CONNECTION = pair(TYPE_URL, withThird(pair(REASON, DOMAIN), SCOPE_CONNECTION));

	private NotDispatched() {
	}

	/**
	 * Return the scope of a detail.
	 * @param in contains the detail
	 * @param url the index of its type URL
	 * @param urlLength the length of its type URL
	 * @param value the index of its value
	 * @param length the length of its value
	 * @return {@link Scope#NOTHING} if it is another detail
	 */
	static Scope scopeAt(ProtobufInput in, int url, int urlLength, int value, int length) {
		return in.matches(url, urlLength, TYPE_URL) ? errorInfo(in, value, length) : Scope.NOTHING;
	}

	/**
	 * A detail of another kind may contain anything, and does not invalidate the
	 * response.
	 */
	private static Scope errorInfo(ProtobufInput in, int from, int length) {
		ProtobufInput info = in.part(from, length);
		boolean reason = false;
		boolean domain = false;
		boolean connection = false;
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
					case THIRD -> {
						int entryLength = info.readLength();
						connection |= info.matches(info.position(), entryLength, SCOPE_CONNECTION);
						info.skip(entryLength);
					}
					default -> info.skipField(tag);
				}
			}
		}
		catch (EnvelopeException ex) {
			return Scope.NOTHING;
		}
		if (!reason || !domain) {
			return Scope.NOTHING;
		}
		return connection ? Scope.CONNECTION : Scope.REQUEST;
	}

	/** Return the detail that is about one request. */
	static byte[] request() {
		return REQUEST;
	}

	/** Return the detail that is about a connection. */
	static byte[] connection() {
		return CONNECTION;
	}

	private static byte[] withThird(byte[] message, byte[] third) {
		byte[] longer = Arrays.copyOf(message, message.length + ProtobufOutput.fieldSize(third.length));
		ProtobufOutput out = new ProtobufOutput(longer, message.length);
		out.writeBytes(THIRD, third);
		return out.array();
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

	/** What no handler has seen. */
	enum Scope {

		/** There is no such detail. */
		NOTHING,

		/** The request that is answered. */
		REQUEST,

		/** Anything of the connection, which is refused. */
		CONNECTION

	}

}
