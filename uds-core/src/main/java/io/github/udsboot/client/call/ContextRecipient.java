package io.github.udsboot.client.call;

import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;

import io.github.udsboot.guard.LostFailures;

/**
 * Takes an outcome in the context of the calling thread, as far as a task decorator
 * carries it.
 */
public final class ContextRecipient implements CallRecipient {

	private final CallRecipient recipient;

	private final Runnable delivery;

	/** Set by the thread that runs the delivery, right before it. */
	private byte @Nullable [] answer;

	private @Nullable Throwable failure;

	/** Belongs to the same thread. */
	private boolean told;

	/** Create an instance on the thread that makes the call. */
	public ContextRecipient(TaskDecorator decorator, CallRecipient recipient) {
		this.recipient = recipient;
		this.delivery = decorator.decorate(this::deliver);
	}

	private void deliver() {
		if (this.told) {
			return;
		}
		this.told = true;
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

	/**
	 * Run the delivery. Whatever the decorator does with it, the recipient is told
	 * exactly once.
	 */
	private void run() {
		try {
			this.delivery.run();
		}
		catch (Throwable ex) {
			if (this.told) {
				LostFailures.log("The context of a call could not be taken back", ex);
				return;
			}
			this.told = true;
			this.recipient.failed(ex);
			return;
		}
		deliver();
	}

}
