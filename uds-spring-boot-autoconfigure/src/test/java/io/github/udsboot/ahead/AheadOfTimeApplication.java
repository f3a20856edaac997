package io.github.udsboot.ahead;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.config.ImportUdsExchanges;

/**
 * An application that is built ahead of time, and says nowhere where its sockets are.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ImportUdsExchanges(AheadOfTimeApplication.Greetings.class)
public class AheadOfTimeApplication {

	public static void main(String[] arguments) {
		SpringApplication.run(AheadOfTimeApplication.class, arguments);
	}

	@Bean
	Handlers handlers(UdsTemplate template, Greetings greetings) {
		return new Handlers(template, greetings);
	}

	interface Greetings {

		@UdsExchange("greet")
		String greet(String name);

	}

	static class Handlers {

		private final UdsTemplate template;

		private final Greetings greetings;

		Handlers(UdsTemplate template, Greetings greetings) {
			this.template = template;
			this.greetings = greetings;
		}

		@UdsHandler("greet")
		String greet(String name) {
			return "Hello, " + name + "!";
		}

		@UdsHandler("relay")
		String relay(String name) {
			return this.template.request("greet", name, String.class) + " " + this.greetings.greet(name);
		}

		@UdsHandler(value = "greet", listener = "admin")
		String greetAdmin(String name) {
			return "Welcome, " + name + "!";
		}

	}

}
