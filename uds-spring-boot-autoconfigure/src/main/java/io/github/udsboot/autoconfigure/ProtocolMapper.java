package io.github.udsboot.autoconfigure;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.line.LineRouting;

/**
 * Creates the protocol of a listener or of a client from properties, and rejects
 * properties that it does not use.
 */
public final class ProtocolMapper {

	private final ConfiguredValues values;

	private final Protocols protocols;

	/**
	 * Create a mapper.
	 * @param values converts the properties of the listener or of the client
	 * @param protocols the available protocols
	 */
	public ProtocolMapper(ConfiguredValues values, Protocols protocols) {
		this.values = values;
		this.protocols = protocols;
	}

	/**
	 * Create a protocol.
	 * @param name the name of the protocol
	 * @param properties the properties of the protocol of lines
	 * @return the protocol
	 */
	public WireProtocol map(String name, UdsLineProperties properties) {
		WireProtocol protocol = this.values.convert("protocol", name, this.protocols::named);
		String delimiter = properties.getDelimiter();
		LineRouting routing = properties.getRouting();
		if (!(protocol instanceof LineProtocol line)) {
			requireLines("line.delimiter", delimiter, protocol);
			requireLines("line.routing", routing, protocol);
			return protocol;
		}
		LineProtocol routed = (routing != null) ? line.withRouting(routing) : line;
		return (delimiter != null) ? this.values.convert("line.delimiter", delimiter, routed::withDelimiter) : routed;
	}

	private void requireLines(String name, @Nullable Object value, WireProtocol protocol) {
		if (value != null) {
			throw this.values.invalid(name, value, "Only the protocol 'line' has lines, and " + speaks(protocol)
					+ ". Leave it out, or set '" + this.values.key("protocol") + "' to 'line'", null);
		}
	}

	/**
	 * Reject a property that only protocols of messages use.
	 * @param name the name of the property, without the prefix
	 * @param value its value, or {@code null} if it is not set
	 * @param protocol the protocol
	 */
	public void requireMessages(String name, @Nullable Object value, WireProtocol protocol) {
		if (value != null && !(protocol instanceof MessageProtocol)) {
			throw this.values.invalid(name, value,
					"Only protocols whose messages follow each other, such as 'line' and 'raw', have a use for it, and "
							+ speaks(protocol) + ". Leave it out, or set '" + this.values.key("protocol")
							+ "' to 'line' or 'raw'",
					null);
		}
	}

	private String speaks(WireProtocol protocol) {
		return "'" + this.values.key("protocol") + "' is '" + protocol.name() + "'";
	}

}
