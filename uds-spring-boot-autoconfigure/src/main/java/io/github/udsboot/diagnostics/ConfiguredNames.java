package io.github.udsboot.diagnostics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

import io.github.udsboot.transport.UdsAddress;

/**
 * Looks up where the configuration mentions a socket, in order to name the exact
 * property.
 */
final class ConfiguredNames {

	private final Environment environment;

	ConfiguredNames(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Return the prefixes of the properties of the listeners' sockets at an address.
	 * @param address the path or abstract name
	 * @return the prefixes, empty if no listener with that address is configured
	 */
	List<String> socketsAt(String address) {
		return Stream.concat(Stream.of("uds.socket"), below("uds.listeners").stream())
			.filter((prefix) -> isAt(address, prefix))
			.toList();
	}

	/**
	 * Return the named clients.
	 * @return the names
	 */
	List<String> clients() {
		return below("uds.clients").stream().map((prefix) -> prefix.substring("uds.clients.".length())).toList();
	}

	/**
	 * Return whether a property says where the client without a name connects.
	 * @return whether one does
	 */
	boolean isPrimaryClientConfigured() {
		return this.environment.containsProperty("uds.client.path")
				|| this.environment.containsProperty("uds.socket.path");
	}

	private boolean isAt(String address, String prefix) {
		String path = this.environment.getProperty(prefix + ".path", "");
		try {
			return UdsAddress.of(path).toString().equals(address)
					&& this.environment.getProperty(prefix + ".enabled", Boolean.class, true);
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private List<String> below(String prefix) {
		Map<ConfigurationPropertyName, String> names = new LinkedHashMap<>();
		Binder.get(this.environment)
			.bind(prefix, Bindable.mapOf(String.class, Object.class))
			.orElseGet(Map::of)
			.keySet()
			.forEach((name) -> {
				// An environment variable cannot spell a name that has dashes: the longer
				// of two names for the same entry is the one that was written
				String full = prefix + "." + name;
				names.merge(ConfigurationPropertyName.adapt(full, '.'), full,
						(first, second) -> (second.length() > first.length()) ? second : first);
			});
		return names.values().stream().sorted().toList();
	}

}
