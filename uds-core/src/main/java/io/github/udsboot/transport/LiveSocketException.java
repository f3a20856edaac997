package io.github.udsboot.transport;

/**
 * A socket at the path is in use, although the lock did not show it: examining it again
 * would require another connect.
 */
final class LiveSocketException extends BindFailedException {

	private static final long serialVersionUID = 1L;

	private final transient FileIdentity socket;

	LiveSocketException(UdsAddress address, FileIdentity socket, String message, String remedy) {
		super(Reason.LIVE_SERVER, address, message, remedy, null);
		this.socket = socket;
	}

	/**
	 * Return the identity of the socket at the path.
	 * @return the socket's identity
	 */
	FileIdentity socket() {
		return this.socket;
	}

}
