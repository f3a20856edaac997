package io.github.udsboot.client.call;

/**
 * Takes the outcome of a call that no thread waits for; told on the client's executor.
 * Throws nothing.
 */
public interface CallRecipient {

	/** Return whether the outcome is no longer wanted. */
	boolean isGone();

	void answered(byte[] answer);

	void failed(Throwable failure);

}
