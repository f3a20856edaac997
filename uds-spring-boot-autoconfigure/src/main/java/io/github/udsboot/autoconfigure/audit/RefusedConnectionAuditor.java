package io.github.udsboot.autoconfigure.audit;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.listener.UdsConnectionRefusal;
import io.github.udsboot.listener.UdsConnectionRefusalListener;

/**
 * Publishes an audit event for a refused connection: the principal is the peer's user,
 * the data are {@code listener}, {@code address}, {@code reason} and {@code unreported},
 * and {@code uid}, {@code gid} and {@code pid} as far as they are known. Thread-safe.
 */
final class RefusedConnectionAuditor implements UdsConnectionRefusalListener {

	/** The type of the events. */
	static final String TYPE = "UDS_CONNECTION_REFUSED";

	private final ApplicationEventPublisher publisher;

	RefusedConnectionAuditor(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void refused(UdsConnectionRefusal refusal) {
		PeerCredentials peer = refusal.peer();
		String principal = (peer != null) ? peer.getName() : "";
		this.publisher.publishEvent(new AuditApplicationEvent(new AuditEvent(principal, TYPE, data(refusal, peer))));
	}

	private static Map<String, Object> data(UdsConnectionRefusal refusal, @Nullable PeerCredentials peer) {
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("listener", refusal.listener());
		data.put("address", refusal.address());
		data.put("reason", refusal.reason().name());
		data.put("unreported", refusal.unreported());
		if (peer != null) {
			putIfKnown(data, "uid", peer.uid());
			putIfKnown(data, "gid", peer.gid());
			putIfKnown(data, "pid", peer.pid());
		}
		return data;
	}

	private static void putIfKnown(Map<String, Object> data, String name, @Nullable Object value) {
		if (value != null) {
			data.put(name, value);
		}
	}

}
