package io.github.udsboot.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/**
 * Configuration properties for Unix domain sockets.
 */
@ConfigurationProperties("uds")
public class UdsProperties {

	/**
	 * Whether to enable Unix domain sockets.
	 */
	private boolean enabled = true;

	@NestedConfigurationProperty
	private final UdsSocketProperties socket = new UdsSocketProperties();

	@NestedConfigurationProperty
	private final UdsListenerProperties listener = new UdsListenerProperties();

	@NestedConfigurationProperty
	private final UdsClientProperties client = new UdsClientProperties();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public UdsSocketProperties getSocket() {
		return this.socket;
	}

	public UdsListenerProperties getListener() {
		return this.listener;
	}

	public UdsClientProperties getClient() {
		return this.client;
	}

}
