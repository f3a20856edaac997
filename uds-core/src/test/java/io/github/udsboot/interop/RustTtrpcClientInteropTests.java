package io.github.udsboot.interop;

import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.github.udsboot.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The client of the Rust crate {@code ttrpc} calls handlers of ours.
 */
class RustTtrpcClientInteropTests extends TtrpcClientContractTests {

	@BeforeAll
	static void buildPrograms() {
		RustPrograms.require();
	}

	@Override
	protected TtrpcCallOutcome call(Path socket, String... arguments) {
		return RustPrograms.callTtrpc(socket, arguments);
	}

	/**
	 * The crate minds the deadline of a unary call itself, and leaves a stream's to us.
	 */
	@Override
	protected TtrpcCallOutcome sleepWithADeadlineThatOnlyOursMinds(String deadline) {
		return call("-timeout", deadline, "sleep-unminded", "20000");
	}

	@Override
	protected void assertRefusedByTheClient(TtrpcCallOutcome outcome) {
		assertThat(outcome.message()).contains("exceed maximum message size");
	}

	/** With more threads the crate does not keep its stream ids rising. */
	@Override
	protected TtrpcCallOutcome callWithStreamIdsThatRise(String... arguments) {
		return call(Stream.concat(Stream.of("-threads", "1"), Stream.of(arguments)).toArray(String[]::new));
	}

	/** Of more than an argument holds, which Go's client cannot make. */
	@Test
	void largestPayloadComesBack() {
		TtrpcCallOutcome outcome = call("echo-bytes", String.valueOf((4 << 20) - 100));
		assertAnswered(outcome, Status.OK);
		assertThat(outcome.flag("same")).isTrue();
	}

}
