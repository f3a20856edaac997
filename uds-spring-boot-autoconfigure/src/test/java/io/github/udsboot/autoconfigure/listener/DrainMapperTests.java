package io.github.udsboot.autoconfigure.listener;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

import io.github.udsboot.autoconfigure.UdsDrainProperties;
import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long a listener may take to stop.
 */
@ExtendWith(OutputCaptureExtension.class)
class DrainMapperTests {

	private final UdsListenerOptions options = new UdsListenerOptions("orders", UdsAddress.of("/run/orders.sock"));

	private final UdsDrainProperties drain = new UdsDrainProperties();

	@Test
	void whenItIsLongerThanThePhaseThenItIsThatOfThePhaseAndALineSaysSo(CapturedOutput output) {
		this.drain.setTimeout(Duration.ofMinutes(2));
		map();
		assertThat(this.options.getDrainTimeout()).isEqualTo(Duration.ofSeconds(30));
		assertThat(output).containsOnlyOnce("'uds.listeners.orders.drain.timeout' is 120000ms")
			.containsOnlyOnce("at most 30000ms")
			.contains("spring.lifecycle.timeout-per-shutdown-phase");
	}

	@Test
	void whenItIsAsLongAsThePhaseThenThereIsNothingToSay(CapturedOutput output) {
		this.drain.setTimeout(Duration.ofSeconds(30));
		map();
		assertThat(this.options.getDrainTimeout()).isEqualTo(Duration.ofSeconds(30));
		assertThat(output).doesNotContain("drain.timeout");
	}

	private void map() {
		new DrainMapper(new ConfiguredValues("uds.listeners.orders"), new MockEnvironment(), Duration.ofSeconds(30))
			.map(this.drain, this.options);
	}

}
