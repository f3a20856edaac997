package io.github.udsboot.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.mock.env.MockEnvironment;

import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocols;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a listener and a template have by default stands with their options and once more
 * with the properties, for the metadata: they agree.
 */
class DefaultValuesTests {

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
	void aTemplateWithoutPropertiesHasTheDefaultsOfItsBuilder() {
		UdsTemplateBuilder mapped = new TemplateBuilderMapper(new ConfiguredValues("uds.socket"),
				new ConfiguredValues("uds.client"), this.protocols)
			.map("orders", ADDRESS, TransportType.AUTO, new UdsClientProperties());
		// a builder without a protocol builds a template of this one
		UdsTemplateBuilder built = UdsTemplate.builder()
			.name("orders")
			.address(ADDRESS)
			.protocol(WireProtocols.named("ttrpc"));
		assertThat(mapped).usingRecursiveComparison().isEqualTo(built);
	}

	@Test
	void aDrainWithoutPropertiesHasTheDefaultsOfTheOptions() {
		UdsListenerOptions mapped = new UdsListenerOptions("orders", ADDRESS);
		new DrainMapper(new ConfiguredValues("uds.listener"), new MockEnvironment(), mapped.getDrainTimeout())
			.map(new UdsDrainProperties(), mapped);
		assertThat(mapped).usingRecursiveComparison().isEqualTo(new UdsListenerOptions("orders", ADDRESS));
	}

}
