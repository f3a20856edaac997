package io.github.udsboot.metrics;

import io.micrometer.core.instrument.MeterRegistry;

import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.observation.CallRecorderFactory;

/**
 * Creates recorders that time calls with Micrometer.
 */
public final class MicrometerCallRecorderFactory implements CallRecorderFactory {

	private final MeterRegistry registry;

	/**
	 * Create a factory.
	 * @param registry takes the timers
	 */
	public MicrometerCallRecorderFactory(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public CallRecorder forListener(String name) {
		return MicrometerCallRecorder.forListener(this.registry, name);
	}

	@Override
	public CallRecorder forClient(String name) {
		return MicrometerCallRecorder.forClient(this.registry, name);
	}

}
