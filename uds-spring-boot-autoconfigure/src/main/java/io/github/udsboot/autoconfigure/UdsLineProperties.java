package io.github.udsboot.autoconfigure;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.line.LineRouting;

/**
 * Configuration properties for the protocol of lines. Properties that are not set leave
 * the settings of the protocol unchanged, which may be a bean of the application.
 */
public class UdsLineProperties {

	/**
	 * Characters that end a line. With the default, a carriage return before it is not
	 * part of the line; anything else is taken literally. Only with the protocol 'line'.
	 */
	private @Nullable String delimiter;

	/**
	 * Whether the first word of a line to a server is the route of its handler. On the
	 * client's side it makes failures of answers that begin with 'ERR' and a status. Only
	 * with the protocol 'line'.
	 */
	private @Nullable LineRouting routing;

	public @Nullable String getDelimiter() {
		return this.delimiter;
	}

	public void setDelimiter(@Nullable String delimiter) {
		this.delimiter = delimiter;
	}

	public @Nullable LineRouting getRouting() {
		return this.routing;
	}

	public void setRouting(@Nullable LineRouting routing) {
		this.routing = routing;
	}

}
