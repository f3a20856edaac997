package io.github.udsboot.observation;

import io.github.udsboot.Status;
import io.github.udsboot.guard.LostFailures;

/**
 * Guards calls against a recorder of the application, which cannot cost a call its
 * outcome: exceptions that it throws are logged. Thread-safe.
 */
public final class GuardedCallRecorder implements CallRecorder {

	private final CallRecorder recorder;

	private GuardedCallRecorder(CallRecorder recorder) {
		this.recorder = recorder;
	}

	/**
	 * Guard a recorder.
	 * @param recorder the recorder; one that is already guarded, and {@link #NONE}, are
	 * returned unchanged
	 * @return a recorder that throws nothing
	 */
	public static CallRecorder of(CallRecorder recorder) {
		return (recorder == NONE || recorder instanceof GuardedCallRecorder) ? recorder
				: new GuardedCallRecorder(recorder);
	}

	@Override
	public void record(String route, Status status, long durationNanos) {
		try {
			this.recorder.record(route, status, durationNanos);
		}
		catch (Throwable ex) {
			LostFailures.log("A call of route '" + route + "' could not be recorded", ex);
		}
	}

}
