package io.github.udsboot.transport;

/**
 * A socket that is in use stands at the path, and the lock did not tell so: looking at it
 * again would mean to connect again.
 */
final class LiveSocketException extends BindFailedException {

	private static final long serialVersionUID = 1L;

	private final transient FileIdentity socket;

	LiveSocketException(UdsAddress address, FileIdentity socket, String message, String remedy) {
		super(Reason.LIVE_SERVER, address, message, remedy, null);
		this.socket = socket;
	}

	/**
	 * Return what stands at the path.
	 * @return the socket's identity
	 */
	FileIdentity socket() {
		return this.socket;
	}

}
