package io.github.udsboot.autoconfigure.listener;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.mock.env.MockEnvironment;

import io.github.udsboot.autoconfigure.Protocols;
import io.github.udsboot.autoconfigure.UdsDrainProperties;
import io.github.udsboot.autoconfigure.UdsListenerProperties;
import io.github.udsboot.autoconfigure.UdsSocketProperties;
import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a listener has by default stands with its options and once more with the
 * properties, for the metadata: they agree.
 */
class ListenerDefaultsTests {

	private static final UdsAddress ADDRESS = UdsAddress.of("/run/orders.sock");

	private final Protocols protocols = new Protocols(
			new StaticListableBeanFactory().getBeanProvider(WireProtocol.class));

	@Test
	void aListenerWithoutPropertiesHasTheDefaultsOfItsOptions() {
		UdsSocketProperties socket = new UdsSocketProperties();
		socket.setPath(ADDRESS.toString());
		UdsListenerOptions mapped = new ListenerOptionsMapper(new ConfiguredValues("uds.socket"),
				new ConfiguredValues("uds.listener"), this.protocols, new MockEnvironment())
			.map("orders", socket, new UdsListenerProperties());
		assertThat(mapped).usingRecursiveComparison().isEqualTo(new UdsListenerOptions("orders", ADDRESS));
	}

	@Test
	void aDrainWithoutPropertiesHasTheDefaultsOfTheOptions() {
		UdsListenerOptions mapped = new UdsListenerOptions("orders", ADDRESS);
		new DrainMapper(new ConfiguredValues("uds.listener"), new MockEnvironment(), mapped.getDrainTimeout())
			.map(new UdsDrainProperties(), mapped);
		assertThat(mapped).usingRecursiveComparison().isEqualTo(new UdsListenerOptions("orders", ADDRESS));
	}

}
