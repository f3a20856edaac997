package io.github.udsboot.autoconfigure.socket;

import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;

/**
 * Which of the unnamed sockets the environment asks for.
 */
public final class ConfiguredSockets {

	private static final String SOCKET_PATH = "uds.socket.path";

	private final Environment environment;

	public ConfiguredSockets(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Return whether an application is being built ahead of time, in an environment other
	 * than the one in which it will run.
	 * @return whether {@link RunTimeSockets} decides instead of a condition
	 */
	public static boolean areDecidedAtRunTime() {
		return Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING);
	}

	boolean enabled() {
		return this.environment.getProperty("uds.enabled", Boolean.class, true);
	}

	/**
	 * Return whether there is to be a default listener.
	 * @return whether its path is set and it is not disabled
	 */
	public boolean listener() {
		return this.environment.getProperty("uds.listener.enabled", Boolean.class, true)
				&& this.environment.containsProperty(SOCKET_PATH);
	}

	/**
	 * Return whether a property says where the primary client connects.
	 * @return whether one does
	 */
	public boolean clientPath() {
		return this.environment.containsProperty("uds.client.path") || this.environment.containsProperty(SOCKET_PATH);
	}

}
