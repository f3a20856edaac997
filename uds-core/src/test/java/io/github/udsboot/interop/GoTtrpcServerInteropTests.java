package io.github.udsboot.interop;

import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.github.udsboot.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Our template calls containerd's ttrpc server, in Go.
 */
class GoTtrpcServerInteropTests extends TtrpcServerContractTests {

	@BeforeAll
	static void buildPrograms() {
		GoPrograms.require();
	}

	@Override
	protected InteropProcess startServer(Path socket) {
		return GoPrograms.startTtrpcServer(socket);
	}

	@Override
	protected Status statusOfAPayloadThatIsNoMessage() {
		return Status.INTERNAL;
	}

	@Test
	void goFindsMetadataByAKeyInCapitals() {
		assertThat(metadata("TENANT")).containsExactly("blue", "gr\u00fcn");
	}

}
