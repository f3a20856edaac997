package io.github.udsboot.observation;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.udsboot.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * A recorder that fails costs its record and nothing else.
 */
class GuardedCallRecorderTests {

	@Test
	void whatTheRecorderThrowsStaysHere() {
		for (Throwable failure : List.of(new IllegalStateException(), new OutOfMemoryError(), new LinkageError())) {
			CallRecorder recorder = GuardedCallRecorder.of((route, status, nanos) -> raise(failure));
			assertThatNoException().isThrownBy(() -> recorder.record("echo", Status.OK, 1));
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void raise(Throwable failure) throws T {
		throw (T) failure;
	}

	@Test
	void everyCallReachesTheRecorder() {
		List<String> records = new ArrayList<>();
		CallRecorder recorder = GuardedCallRecorder
			.of((route, status, nanos) -> records.add(route + " " + status + " " + nanos));
		recorder.record("echo", Status.OK, 7);
		assertThat(records).containsExactly("echo OK 7");
	}

	@Test
	void guardsOnce() {
		CallRecorder recorder = GuardedCallRecorder.of((route, status, nanos) -> {
		});
		assertThat(GuardedCallRecorder.of(recorder)).isSameAs(recorder);
		assertThat(GuardedCallRecorder.of(CallRecorder.NONE)).isSameAs(CallRecorder.NONE);
	}

}
