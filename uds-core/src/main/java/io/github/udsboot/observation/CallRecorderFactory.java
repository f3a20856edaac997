package io.github.udsboot.observation;

/**
 * Makes the recorders of listeners and clients, for those who need to know whose calls
 * they record.
 */
public interface CallRecorderFactory {

	/**
	 * Make the recorder of a listener.
	 * @param name the listener's name
	 * @return told about every call that the listener answered or refused
	 */
	CallRecorder forListener(String name);

	/**
	 * Make the recorder of a client.
	 * @param name the client's name
	 * @return told about every call that the client made
	 */
	CallRecorder forClient(String name);

}
