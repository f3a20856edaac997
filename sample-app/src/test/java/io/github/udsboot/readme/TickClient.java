package io.github.udsboot.readme;

import java.util.List;
import java.util.stream.Stream;

import org.springframework.stereotype.Component;

import io.github.udsboot.client.UdsTemplate;

/* Shown in the README. */
@Component
class TickClient {

	private final UdsTemplate uds;

	TickClient(UdsTemplate uds) {
		this.uds = uds;
	}

	List<Integer> firstFive() {
		try (Stream<Integer> ticks = this.uds.stream("ticks.subscribe", 1, Integer.class)) {
			return ticks.limit(5).toList();
		}
	}

	Long sum(List<Integer> ticks) {
		return this.uds.route("ticks.sum").payloads(ticks).retrieve(Long.class);
	}

	List<Integer> twice(Stream<Integer> ticks) {
		try (Stream<Integer> answers = this.uds.route("ticks.double").payloads(ticks).stream(Integer.class)) {
			return answers.toList();
		}
	}

}
