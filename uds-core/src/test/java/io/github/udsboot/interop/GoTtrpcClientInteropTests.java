package io.github.udsboot.interop;

import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;

import io.github.udsboot.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * containerd's ttrpc client, in Go, calls handlers of ours.
 */
class GoTtrpcClientInteropTests extends TtrpcClientContractTests {

	@BeforeAll
	static void buildPrograms() {
		GoPrograms.require();
	}

	@Override
	protected TtrpcCallOutcome call(Path socket, String... arguments) {
		return GoPrograms.callTtrpc(socket, arguments);
	}

	@Override
	protected TtrpcCallOutcome sleepWithADeadlineThatOnlyOursMinds(String deadline) {
		return call("-wire-timeout", deadline, "sleep", "20000");
	}

	@Override
	protected void assertRefusedByTheClient(TtrpcCallOutcome outcome) {
		assertThat(outcome.status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
	}

}
