package io.github.udsboot.readme;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

import io.github.udsboot.autoconfigure.listener.UdsAllowLists;
import io.github.udsboot.autoconfigure.listener.UdsConnectionRefusedEvent;

/* Shown in docs/security.md. */
@Component
class AccessUpdates {

	private final UdsAllowLists allowLists;

	private final Queue<String> refused = new ConcurrentLinkedQueue<>();

	AccessUpdates(UdsAllowLists allowLists) {
		this.allowLists = allowLists;
	}

	void usersHaveChanged() {
		this.allowLists.refresh();
	}

	@EventListener
	void refused(UdsConnectionRefusedEvent event) {
		this.refused.add(event.getRefusal().reason() + " " + event.getRefusal().peer());
	}

	Queue<String> refusals() {
		return this.refused;
	}

}
