package io.github.udsboot.transport;

/**
 * How long the path of a socket may be, in bytes.
 */
public enum SocketPathLimit {

	/** What the channels of the JDK take: 106 bytes on Linux. */
	JDK(2),

	/** What the kernel takes, junixsocket as well: 107 bytes on Linux. */
	KERNEL(1);

	private final int bytes;

	SocketPathLimit(int spare) {
		this.bytes = UdsAddress.SIZE - spare;
	}

	/**
	 * Return the limit.
	 * @return the most bytes that a path may have
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
	 * Return what is wrong with an address that is too long.
	 * @param address the address
	 * @return a sentence without its full stop, with the length and the limit
	 */
	public String problem(UdsAddress address) {
		return "The socket path " + address.quoted() + " has " + address.length() + " bytes; the limit is " + this.bytes
				+ ((this == JDK) ? " with the transport 'jdk'" : "");
	}

	/**
	 * Return what the user can do about it.
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
