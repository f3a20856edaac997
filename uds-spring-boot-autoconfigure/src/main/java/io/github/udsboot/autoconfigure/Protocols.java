package io.github.udsboot.autoconfigure;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;

import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocols;

/**
 * The protocols that the configuration can name: beans of the application, and services.
 */
public final class Protocols {

	private final List<WireProtocol> beans;

	/**
	 * Create the protocols.
	 * @param beans the protocols that are beans of the application
	 */
	public Protocols(ObjectProvider<WireProtocol> beans) {
		this.beans = beans.orderedStream().toList();
	}

	/**
	 * Return the protocol with a name.
	 * @param name the name
	 * @return the first bean with the name, otherwise the service
	 * @throws IllegalArgumentException if there is neither; the message lists the
	 * available names
	 */
	WireProtocol named(String name) {
		for (WireProtocol bean : this.beans) {
			if (bean.name().equals(name)) {
				return bean;
			}
		}
		try {
			return WireProtocols.named(name);
		}
		catch (IllegalArgumentException ex) {
			if (this.beans.isEmpty()) {
				throw ex;
			}
			throw new IllegalArgumentException(
					ex.getMessage() + " and the beans " + this.beans.stream().map(WireProtocol::name).sorted().toList(),
					ex);
		}
	}

}
