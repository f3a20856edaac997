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
	 * @param type the transport wanted
	 * @param address the address it is for
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
	 * Look whether a process uses a socket file, without its noticing.
	 * @param address the path of a socket
	 * @return what the first transport that can ask the kernel is told
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
	 * Check that a transport has room for an address, to say so before the first connect
	 * does.
	 * @param type the transport wanted
	 * @param address the address it is for
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
