package io.github.udsboot.autoconfigure.listener;

import org.springframework.context.ApplicationEventPublisher;

import io.github.udsboot.listener.UdsConnectionRefusal;
import io.github.udsboot.listener.UdsConnectionRefusalListener;

/**
 * Publishes an event for a refused connection. Thread-safe.
 */
final class RefusedEventPublisher implements UdsConnectionRefusalListener {

	private final ApplicationEventPublisher publisher;

	RefusedEventPublisher(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void refused(UdsConnectionRefusal refusal) {
		this.publisher.publishEvent(new UdsConnectionRefusedEvent(refusal));
	}

}
