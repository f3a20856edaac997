package io.github.udsboot.autoconfigure.client;

import org.springframework.util.Assert;

import io.github.udsboot.autoconfigure.UdsProperties;

/**
 * Adapts {@link UdsProperties} to {@link UdsConnectionDetails}.
 */
class PropertiesUdsConnectionDetails implements UdsConnectionDetails {

	private final UdsProperties properties;

	PropertiesUdsConnectionDetails(UdsProperties properties) {
		this.properties = properties;
	}

	@Override
	public String getPath() {
		String path = this.properties.getClient().getPath();
		if (path == null) {
			path = this.properties.getSocket().getPath();
		}
		Assert.state(path != null, "Neither 'uds.client.path' nor 'uds.socket.path' is set");
		return path;
	}

	/**
	 * Return the property that sets the path.
	 * @return the name of the property
	 */
	String getPropertyName() {
		return (this.properties.getClient().getPath() != null) ? "uds.client.path" : "uds.socket.path";
	}

}
