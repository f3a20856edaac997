package io.github.udsboot.protocol;

import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * Finds protocols by name among the services of type {@link WireProtocol}.
 */
public final class WireProtocols {

	private WireProtocols() {
	}

	/**
	 * Return the protocol with a name.
	 * @param name the name, for instance {@code ttrpc}
	 * @return the protocol
	 * @throws IllegalArgumentException if there is none; the message lists the available
	 * names
	 */
	public static WireProtocol named(String name) {
		// Stops at the first, so that the others are not even loaded
		return services().filter((protocol) -> protocol.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("There is no protocol '" + name + "', only "
					+ services().map(WireProtocol::name).sorted().toList()));
	}

	private static Stream<WireProtocol> services() {
		return ServiceLoader.load(WireProtocol.class, WireProtocols.class.getClassLoader())
			.stream()
			.map(ServiceLoader.Provider::get);
	}

}
