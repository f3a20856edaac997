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
	void autoTakesJunixsocketForAPathThatTheJdkHasNoRoomFor() {
		UdsAddress longest = UdsAddress.of("/run/" + "x".repeat(102));
		assertThat(UdsTransports.select(TransportType.AUTO, longest).name()).isEqualTo("junixsocket");
		assertThat(UdsTransports.checkLength(TransportType.AUTO, longest)).isSameAs(longest);
		UdsAddress shorter = UdsAddress.of("/run/" + "x".repeat(101));
		assertThat(UdsTransports.select(TransportType.AUTO, shorter).name()).isEqualTo("jdk");
		assertThat(UdsTransports.checkLength(TransportType.JDK, shorter)).isSameAs(shorter);
	}

	@Test
	void pathThatATransportHasNoRoomForIsRefusedWithTheRemedy() {
		UdsAddress longest = UdsAddress.of("/run/" + "x".repeat(102));
		assertThatIllegalArgumentException().isThrownBy(() -> UdsTransports.checkLength(TransportType.JDK, longest))
			.withMessageContaining("has 107 bytes; the limit is 106 with the transport 'jdk'")
			.withMessageContaining("'junixsocket'");
		UdsAddress longer = UdsAddress.of("/run/" + "x".repeat(103));
		for (TransportType type : TransportType.values()) {
			assertThatIllegalArgumentException().isThrownBy(() -> UdsTransports.checkLength(type, longer))
				.withMessageContaining("has 108 bytes; the limit is 10")
				.withMessageContaining("Choose a shorter path");
		}
	}

	@Test
	void transportThatCannotReachTheAddressIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> UdsTransports.select(TransportType.JDK, this.name))
			.withMessageContaining("@test")
			.withMessageContaining("junixsocket");
	}

}
