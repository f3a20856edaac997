package io.github.udsboot.client;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;

/**
 * Takes an outcome in the context of the thread that made the call, as far as a task
 * decorator carries it.
 */
final class DecoratedRecipient implements AsyncExchange.Recipient {

	private final AsyncExchange.Recipient recipient;

	private final Runnable delivery;

	/** Set by the thread that runs the delivery, right before. */
	private byte @Nullable [] answer;

	private @Nullable Throwable failure;

	/** Create an instance on the thread that makes the call. */
	DecoratedRecipient(TaskDecorator decorator, AsyncExchange.Recipient recipient) {
		this.recipient = recipient;
		this.delivery = decorator.decorate(this::deliver);
	}

	private void deliver() {
		if (this.answer != null) {
			this.recipient.answered(this.answer);
		}
		else if (this.failure != null) {
			this.recipient.failed(this.failure);
		}
	}

	@Override
	public boolean isGone() {
		return this.recipient.isGone();
	}

	@Override
	public void answered(byte[] answer) {
		this.answer = answer;
		run();
	}

	@Override
	public void failed(Throwable failure) {
		this.failure = failure;
		run();
	}

	/** The outcome matters more than the context. */
	private void run() {
		try {
			this.delivery.run();
		}
		catch (RuntimeException | Error ex) {
			if (!this.recipient.isGone()) {
				this.recipient.failed(ex);
			}
		}
	}

}
