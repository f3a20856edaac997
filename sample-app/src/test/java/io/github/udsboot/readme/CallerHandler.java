package io.github.udsboot.readme;

import java.util.stream.Stream;

import io.github.udsboot.annotation.UdsHandler;

class CallerHandler {

	@UdsHandler("caller")
	Stream<String> caller() {
		return Stream.of("item").map((item) -> item + " of " + CallerContextFactory.CALLER.get());
	}

}
