package io.github.udsboot.protocol.ttrpc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The recently requested routes of one connection, found by their bytes, so that a
 * frequent route is decoded once. Two-way associative: a route is in the slot of its hash
 * or in the one beside it.
 */
final class RouteCache {

	private static final int SLOT_BITS = 4;

	private static final byte[] EMPTY_PAYLOAD = {};

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	private final @Nullable Entry[] entries = new Entry[1 << SLOT_BITS];

	private byte[] candidate = EMPTY_PAYLOAD;

	/**
	 * Return the route of a service and a method, each of them a range of a message.
	 * @throws EnvelopeException if the bytes are not UTF-8 or contain control characters
	 */
	String route(ProtobufInput in, int service, int serviceLength, int method, int methodLength)
			throws EnvelopeException {
		int start = (serviceLength != 0) ? serviceLength + 1 : 0;
		int length = start + methodLength;
		if (this.candidate.length < length) {
			this.candidate = new byte[Math.max(64, length)];
		}
		if (start != 0) {
			in.copy(service, this.candidate, 0, serviceLength);
			this.candidate[serviceLength] = '.';
		}
		in.copy(method, this.candidate, start, methodLength);
		int slot = slot(this.candidate, length);
		String route = find(slot, length);
		if (route == null) {
			route = find(slot ^ 1, length);
		}
		if (route == null) {
			in.requireUtf8(service, serviceLength);
			in.requireUtf8(method, methodLength);
			route = decode(length);
			this.entries[slot ^ 1] = this.entries[slot];
			this.entries[slot] = new Entry(Arrays.copyOf(this.candidate, length), route);
		}
		return route;
	}

	private @Nullable String find(int slot, int length) {
		Entry entry = this.entries[slot];
		return (entry != null && Arrays.equals(entry.key, 0, entry.key.length, this.candidate, 0, length)) ? entry.route
				: null;
	}

	private String decode(int length) throws EnvelopeException {
		String route = new String(this.candidate, 0, length, StandardCharsets.UTF_8);
		for (int i = 0; i < route.length(); i++) {
			if (Character.isISOControl(route.charAt(i))) {
				throw EnvelopeException.malformed("control character in service or method");
			}
		}
		return route;
	}

	private static int slot(byte[] bytes, int length) {
		long hash = length;
		int at = 0;
		for (; at + Long.BYTES <= length; at += Long.BYTES) {
			hash = mix(hash ^ (long) LONGS.get(bytes, at));
		}
		for (; at < length; at++) {
			hash = hash * 31 + bytes[at];
		}
		return (int) (mix(hash) >>> (Long.SIZE - SLOT_BITS));
	}

	private static long mix(long hash) {
		long product = hash * 0x9e3779b97f4a7c15L;
		return product ^ (product >>> 32);
	}

	private static final class Entry {

		private final byte[] key;

		private final String route;

		private Entry(byte[] key, String route) {
			this.key = key;
			this.route = route;
		}

	}

}
