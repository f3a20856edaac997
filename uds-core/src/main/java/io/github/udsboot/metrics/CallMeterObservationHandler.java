package io.github.udsboot.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.Observation;

import io.github.udsboot.observation.UdsClientObservationContext;
import io.github.udsboot.observation.UdsServerObservationContext;

/**
 * Keeps Micrometer's own handler from timing observed calls a second time under another
 * name: {@link MicrometerCallRecorder} times all calls, and gauges show how many are
 * active. Must come before that handler where only the first handler that supports an
 * observation is used, as in a
 * {@link io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler}.
 * Events that an application signals are counted as usual. Thread-safe.
 */
public final class CallMeterObservationHandler implements MeterObservationHandler<Observation.Context> {

	private final DefaultMeterObservationHandler events;

	/**
	 * Create a handler.
	 * @param registry takes the counters of events
	 */
	public CallMeterObservationHandler(MeterRegistry registry) {
		this.events = new DefaultMeterObservationHandler(registry);
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof UdsServerObservationContext || context instanceof UdsClientObservationContext;
	}

	@Override
	public void onEvent(Observation.Event event, Observation.Context context) {
		this.events.onEvent(event, context);
	}

}
