package io.github.udsboot.sample;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.sample.Greetings.Greeting;
import io.github.udsboot.sample.Greetings.Person;

/**
 * Answers HTTP requests by calling the socket.
 */
@RestController
class GreetingController {

	private final UdsTemplate uds;

	GreetingController(UdsTemplate uds) {
		this.uds = uds;
	}

	@GetMapping("/greet")
	@Nullable Greeting greet(@RequestParam String name) {
		return this.uds.request("greet", new Person(name), Greeting.class);
	}

}
