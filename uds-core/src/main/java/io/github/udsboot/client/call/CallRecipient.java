package io.github.udsboot.client.call;

/**
 * Takes the outcome of a call that no thread waits for; told on the client's executor.
 * Throws nothing.
 */
public interface CallRecipient {

	/** Return whether the outcome is not wanted any more. */
	boolean isGone();

	void answered(byte[] answer);

	void failed(Throwable failure);

}
