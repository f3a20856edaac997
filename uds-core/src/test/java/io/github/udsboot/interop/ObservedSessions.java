package io.github.udsboot.interop;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps what a listener tells of its sessions.
 */
final class ObservedSessions implements UdsSessionListener {

	private final List<UdsSession> opened = new CopyOnWriteArrayList<>();

	private final List<String> closed = new CopyOnWriteArrayList<>();

	@Override
	public void sessionOpened(UdsSession session) {
		this.opened.add(session);
	}

	@Override
	public void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
		this.closed.add(session.getId() + " " + reason);
	}

	List<UdsSession> opened() {
		return this.opened;
	}

	/** Wait for the first session to open. */
	UdsSession awaitFirst() {
		Eventually.assertThat(() -> assertThat(this.opened).isNotEmpty());
		return this.opened.get(0);
	}

	/** Wait until all sessions are closed, each for this reason. */
	void awaitAllClosed(String reason) {
		Eventually.assertThat(() -> assertThat(this.closed).hasSameSizeAs(this.opened)
			.containsExactlyInAnyOrderElementsOf(
					this.opened.stream().map((session) -> session.getId() + " " + reason).toList()));
	}

}
