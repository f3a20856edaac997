package io.github.udsboot.autoconfigure.listener;

import org.springframework.context.ApplicationEvent;

import io.github.udsboot.listener.UdsConnectionRefusal;

/**
 * Published when a listener refuses connections, for each reason once a second at most
 * and on a thread of the listener, as
 * {@link io.github.udsboot.listener.UdsConnectionRefusalListener} says.
 */
public class UdsConnectionRefusedEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an event.
	 * @param refusal the refused connection, which is the source of the event
	 */
	public UdsConnectionRefusedEvent(UdsConnectionRefusal refusal) {
		super(refusal);
	}

	/**
	 * Return the refused connection.
	 * @return the connection, with its listener, its peer and the reason
	 */
	public UdsConnectionRefusal getRefusal() {
		return (UdsConnectionRefusal) getSource();
	}

}
