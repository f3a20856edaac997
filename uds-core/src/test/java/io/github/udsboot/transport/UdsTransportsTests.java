package io.github.udsboot.transport;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class UdsTransportsTests {

	private final UdsAddress path = UdsAddress.of("/run/test.sock");

	private final UdsAddress name = UdsAddress.of("@test");

	@Test
	void autoTakesTheJdkUnlessTheAddressNeedsJunixsocket() {
		assertThat(UdsTransports.select(TransportType.AUTO, this.path).name()).isEqualTo("jdk");
		assertThat(UdsTransports.select(TransportType.AUTO, this.name).name()).isEqualTo("junixsocket");
	}

	@Test
	void namedTransportIsTaken() {
		assertThat(UdsTransports.select(TransportType.JDK, this.path).name()).isEqualTo("jdk");
		assertThat(UdsTransports.select(TransportType.JUNIXSOCKET, this.path).name()).isEqualTo("junixsocket");
	}

	@Test
	void transportThatCannotReachTheAddressIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> UdsTransports.select(TransportType.JDK, this.name))
			.withMessageContaining("@test")
			.withMessageContaining("junixsocket");
	}

}
