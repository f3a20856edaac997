package io.github.udsboot.observation;

/**
 * Creates the recorders of listeners and clients, for recorders that need to know whose
 * calls they record.
 */
public interface CallRecorderFactory {

	/**
	 * Create the recorder of a listener.
	 * @param name the listener's name
	 * @return the recorder of every call that the listener answered or refused
	 */
	CallRecorder forListener(String name);

	/**
	 * Create the recorder of a client.
	 * @param name the client's name
	 * @return the recorder of every call that the client made
	 */
	CallRecorder forClient(String name);

}
