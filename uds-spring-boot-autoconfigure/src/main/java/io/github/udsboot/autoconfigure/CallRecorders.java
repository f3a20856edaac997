package io.github.udsboot.autoconfigure;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import org.springframework.beans.factory.ObjectProvider;

import io.github.udsboot.Status;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.observation.CallRecorderFactory;

/**
 * All recorders of the application: beans that are recorders, which record the calls of
 * both sides, and the recorders that factories create for one listener or client.
 */
public final class CallRecorders {

	private final List<CallRecorder> recorders;

	private final List<CallRecorderFactory> factories;

	CallRecorders(ObjectProvider<CallRecorder> recorders, ObjectProvider<CallRecorderFactory> factories) {
		this.recorders = recorders.orderedStream().toList();
		this.factories = factories.orderedStream().toList();
	}

	/**
	 * Return the recorder of a listener.
	 * @param name the name of the listener
	 * @return all of its recorders as one
	 */
	public CallRecorder forListener(String name) {
		return compose((factory) -> factory.forListener(name));
	}

	/**
	 * Return the recorder of a client.
	 * @param name the name of the client
	 * @return all of its recorders as one
	 */
	public CallRecorder forClient(String name) {
		return compose((factory) -> factory.forClient(name));
	}

	private CallRecorder compose(Function<CallRecorderFactory, CallRecorder> made) {
		CallRecorder[] all = Stream.concat(this.recorders.stream(), this.factories.stream().map(made))
			.filter((recorder) -> recorder != CallRecorder.NONE)
			.toArray(CallRecorder[]::new);
		return switch (all.length) {
			case 0 -> CallRecorder.NONE;
			case 1 -> all[0];
			default -> new CompositeCallRecorder(all);
		};
	}

	/** An array, since this is on the path of every call. */
	private record CompositeCallRecorder(CallRecorder[] recorders) implements CallRecorder {

		@Override
		public void record(String route, Status status, long durationNanos) {
			for (CallRecorder recorder : this.recorders) {
				recorder.record(route, status, durationNanos);
			}
		}

	}

}
