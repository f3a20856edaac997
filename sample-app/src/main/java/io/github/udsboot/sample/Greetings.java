package io.github.udsboot.sample;

import org.springframework.stereotype.Component;

import io.github.udsboot.annotation.UdsHandler;

/**
 * Handlers on the socket: bytes as they are, and records as JSON.
 */
@Component
class Greetings {

	@UdsHandler("echo")
	byte[] echo(byte[] payload) {
		return payload;
	}

	@UdsHandler("greet")
	Greeting greet(Person person) {
		return new Greeting("Hello, " + person.name() + "!");
	}

	/**
	 * The person to greet.
	 *
	 * @param name the name
	 */
	record Person(String name) {

	}

	/**
	 * The greeting for a person.
	 *
	 * @param message the text
	 */
	record Greeting(String message) {

	}

}
