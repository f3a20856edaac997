package io.github.udsboot.autoconfigure.logging;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.PeerIdentity;
import io.github.udsboot.interceptor.PeerContext;
import io.github.udsboot.interceptor.PeerContextFactory;

/**
 * Puts the caller into SLF4J's MDC while code of the application runs for it.
 * Thread-safe.
 */
final class MdcPeerContextFactory implements PeerContextFactory {

	@Override
	public PeerContext create(String listener, PeerIdentity peer) {
		PeerCredentials credentials = peer.credentials();
		Map<String, String> entries = new LinkedHashMap<>();
		entries.put("uds.listener", listener);
		entries.put("uds.peer.user", peer.getName());
		put(entries, "uds.peer.uid", credentials.uid());
		put(entries, "uds.peer.pid", credentials.pid());
		String[] keys = entries.keySet().toArray(String[]::new);
		String[] values = entries.values().toArray(String[]::new);
		return () -> open(keys, values);
	}

	private static void put(Map<String, String> entries, String key, @Nullable Long value) {
		if (value != null) {
			entries.put(key, value.toString());
		}
	}

	private static PeerContext.Scope open(String[] keys, String[] values) {
		@Nullable String[] previous = new @Nullable String[keys.length];
		for (int i = 0; i < keys.length; i++) {
			previous[i] = MDC.get(keys[i]);
			MDC.put(keys[i], values[i]);
		}
		return () -> {
			for (int i = 0; i < keys.length; i++) {
				if (previous[i] != null) {
					MDC.put(keys[i], previous[i]);
				}
				else {
					MDC.remove(keys[i]);
				}
			}
		};
	}

}
