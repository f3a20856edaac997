package io.github.udsboot.interop;

import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.github.udsboot.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Our template calls a server of the Rust crate {@code ttrpc}. Where it differs from Go
 * and from ours, interop/rust has a table.
 */
class RustTtrpcServerInteropTests extends TtrpcServerContractTests {

	@BeforeAll
	static void buildPrograms() {
		RustPrograms.require();
	}

	@Override
	protected InteropProcess startServer(Path socket) {
		return RustPrograms.startTtrpcServer(socket);
	}

	@Override
	protected Status statusOfAPayloadThatIsNoMessage() {
		return Status.UNKNOWN;
	}

	@Override
	protected Status statusOfAnUnknownService() {
		return Status.INVALID_ARGUMENT;
	}

	@Override
	protected Status statusOfARequestThatIsTooLarge() {
		return Status.INVALID_ARGUMENT;
	}

	/** The crate looks keys up as they are, and ours are in lower case. */
	@Test
	void rustFindsNoMetadataByAKeyInCapitals() {
		assertThat(metadata("Tenant")).isEmpty();
	}

}
