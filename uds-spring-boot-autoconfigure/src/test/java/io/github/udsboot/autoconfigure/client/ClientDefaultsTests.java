package io.github.udsboot.autoconfigure.client;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

import io.github.udsboot.autoconfigure.Protocols;
import io.github.udsboot.autoconfigure.UdsClientProperties;
import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocols;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a template has by default stands with its builder and once more with the
 * properties, for the metadata: they agree.
 */
class ClientDefaultsTests {

	private static final UdsAddress ADDRESS = UdsAddress.of("/run/orders.sock");

	private final Protocols protocols = new Protocols(
			new StaticListableBeanFactory().getBeanProvider(WireProtocol.class));

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

}
