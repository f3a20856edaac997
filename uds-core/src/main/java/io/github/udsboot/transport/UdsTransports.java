package io.github.udsboot.transport;

import java.util.Locale;
import java.util.ServiceLoader;

/**
 * Finds the transport for an address among the services of type {@link UdsTransport}.
 */
public final class UdsTransports {

	private UdsTransports() {
	}

	/**
	 * Select a transport.
	 * @param type the requested transport
	 * @param address the address
	 * @return the transport
	 * @throws IllegalArgumentException if that transport is not on the class path or
	 * cannot reach the address
	 */
	public static UdsTransport select(TransportType type, UdsAddress address) {
		String name = switch (type) {
			case AUTO -> needsJunixsocket(address) ? name(TransportType.JUNIXSOCKET) : name(TransportType.JDK);
			case JDK, JUNIXSOCKET -> name(type);
		};
		UdsTransport transport = ServiceLoader.load(UdsTransport.class, UdsTransports.class.getClassLoader())
			.stream()
			.map(ServiceLoader.Provider::get)
			.filter((candidate) -> candidate.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("The transport '" + name + "' is not on the class path"));
		if (!transport.supports(address)) {
			throw new IllegalArgumentException("The transport '" + name + "' cannot reach '" + address
					+ "': abstract names need the transport 'junixsocket'");
		}
		return transport;
	}

	/**
	 * Check whether a process uses a socket file, without the process noticing.
	 * @param address the path of a socket
	 * @return the answer of the first transport that can ask the kernel
	 */
	static SocketUse useOf(UdsAddress address) {
		return ServiceLoader.load(UdsTransport.class, UdsTransports.class.getClassLoader())
			.stream()
			.map((provider) -> provider.get().useOf(address))
			.filter((use) -> use != SocketUse.UNKNOWN)
			.findFirst()
			.orElse(SocketUse.UNKNOWN);
	}

	private static boolean needsJunixsocket(UdsAddress address) {
		return address.isAbstract() || !SocketPathLimit.JDK.admits(address);
	}

	/**
	 * Check that an address is short enough for a transport, in order to report it before
	 * the first connect.
	 * @param type the requested transport
	 * @param address the address
	 * @return the address
	 * @throws IllegalArgumentException if it is a path that is too long
	 */
	public static UdsAddress checkLength(TransportType type, UdsAddress address) {
		SocketPathLimit limit = (type == TransportType.JDK) ? SocketPathLimit.JDK : SocketPathLimit.KERNEL;
		if (!limit.admits(address)) {
			throw new IllegalArgumentException(limit.problem(address) + ". " + limit.remedy(address));
		}
		return address;
	}

	private static String name(TransportType type) {
		return type.name().toLowerCase(Locale.ROOT);
	}

}
