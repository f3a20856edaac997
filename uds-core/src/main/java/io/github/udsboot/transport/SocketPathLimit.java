package io.github.udsboot.transport;

/**
 * The maximum length of the path of a socket, in bytes.
 */
public enum SocketPathLimit {

	/** The limit of the JDK's channels: 106 bytes on Linux. */
	JDK(2),

	/** The limit of the kernel, and of junixsocket: 107 bytes on Linux. */
	KERNEL(1);

	private final int bytes;

	SocketPathLimit(int spare) {
		this.bytes = UdsAddress.SIZE - spare;
	}

	/**
	 * Return the limit.
	 * @return the maximum number of bytes of a path
	 */
	public int bytes() {
		return this.bytes;
	}

	/**
	 * Return whether an address is short enough.
	 * @param address the address
	 * @return {@code false} for a path that is too long
	 */
	public boolean admits(UdsAddress address) {
		return address.isAbstract() || address.length() <= this.bytes;
	}

	/**
	 * Describe the problem with an address that is too long.
	 * @param address the address
	 * @return a sentence without its full stop, with the length and the limit
	 */
	public String problem(UdsAddress address) {
		return "The socket path " + address.quoted() + " has " + address.length() + " bytes; the limit is " + this.bytes
				+ ((this == JDK) ? " with the transport 'jdk'" : "");
	}

	/**
	 * Return what the user can do about the problem.
	 * @param address the address
	 * @return a sentence
	 */
	public String remedy(UdsAddress address) {
		return (this == JDK && KERNEL.admits(address))
				? "Take the transport 'auto' or 'junixsocket', which has room for " + KERNEL.bytes
						+ ", or choose a shorter path."
				: "Choose a shorter path, for instance below /run, or a relative one.";
	}

}
