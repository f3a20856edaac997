package io.github.udsboot.benchmark.startup;

import io.github.udsboot.annotation.UdsHandler;

/**
 * Greets.
 */
class GreetingHandler {

	@UdsHandler("greeting")
	String greet(String name) {
		return "Hello, " + name;
	}

}
