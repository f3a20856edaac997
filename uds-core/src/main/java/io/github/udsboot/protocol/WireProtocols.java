package io.github.udsboot.protocol;

import java.util.List;
import java.util.ServiceLoader;

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
	 * @throws IllegalArgumentException if there is none, with the names that there are
	 */
	public static WireProtocol named(String name) {
		List<WireProtocol> known = ServiceLoader.load(WireProtocol.class, WireProtocols.class.getClassLoader())
			.stream()
			.map(ServiceLoader.Provider::get)
			.toList();
		return known.stream()
			.filter((protocol) -> protocol.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("There is no protocol '" + name + "', only "
					+ known.stream().map(WireProtocol::name).sorted().toList()));
	}

}
