package io.github.udsboot.autoconfigure;

import java.time.Duration;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.Header;

import io.github.udsboot.annotation.UdsHandler;

/**
 * Handlers for contexts of tests.
 */
@Configuration(proxyBeanMethods = false)
public class GreetingHandlers {

	@Bean
	Handlers handlers() {
		return new Handlers();
	}

	public static class Handlers {

		@UdsHandler("greet")
		public Greeting greet(Person person) {
			return new Greeting("Hello, " + person.name() + "!");
		}

		@UdsHandler("echo")
		public byte[] echo(byte[] payload) {
			return payload;
		}

		@UdsHandler("thread")
		public String thread() {
			return Thread.currentThread().getName();
		}

		@UdsHandler("millis")
		public String millis(@Header("wait") Duration wait) {
			return String.valueOf(wait.toMillis());
		}

	}

	public record Person(String name) {

	}

	public record Greeting(String message) {

	}

}
