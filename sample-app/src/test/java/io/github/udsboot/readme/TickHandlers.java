package io.github.udsboot.readme;

import java.util.stream.Stream;

import org.springframework.stereotype.Component;

import io.github.udsboot.annotation.UdsHandler;

/* Shown in the README. */
@Component
class TickHandlers {

	@UdsHandler("ticks.subscribe")
	Stream<Integer> subscribe(int first) {
		return Stream.iterate(first, (tick) -> tick + 1);
	}

	@UdsHandler("ticks.sum")
	long sum(Stream<Integer> ticks) {
		return ticks.mapToLong(Integer::longValue).sum();
	}

	@UdsHandler("ticks.double")
	Stream<Integer> twice(Stream<Integer> ticks) {
		return ticks.map((tick) -> tick * 2);
	}

}
