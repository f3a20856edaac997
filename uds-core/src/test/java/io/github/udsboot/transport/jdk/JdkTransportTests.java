package io.github.udsboot.transport.jdk;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransport;
import io.github.udsboot.transport.UdsTransportContractTests;

import static org.assertj.core.api.Assertions.assertThat;

class JdkTransportTests extends UdsTransportContractTests {

	@Override
	protected UdsTransport createTransport() {
		return new JdkTransport();
	}

	@Test
	void processOfThePeerIsNotKnown() throws IOException {
		PeerCredentials peer = pair().server().peerCredentials();
		assertThat(peer.pid()).isNull();
		assertThat(peer.uid()).isNull();
		assertThat(peer.gid()).isNull();
	}

	@Test
	void pathsAreSupportedAndAbstractNamesAreNot() {
		assertThat(this.transport.name()).isEqualTo("jdk");
		assertThat(this.transport.supports(address())).isTrue();
		assertThat(this.transport.supports(UdsAddress.of("@name"))).isFalse();
	}

}
