package io.github.udsboot.autoconfigure.listener;

import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.github.udsboot.UdsSession;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;

/**
 * An application without a web server, for a process of its own: a stream that has no
 * end, and a conversation that has none either.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ LifecycleAutoConfiguration.class, UdsAutoConfiguration.class,
		UdsListenerAutoConfiguration.class })
public class StoppedApplication {

	public static void main(String[] args) {
		SpringApplication.run(StoppedApplication.class, args);
	}

	@Bean
	Handlers handlers() {
		return new Handlers();
	}

	static class Handlers {

		private final SubmissionPublisher<Integer> ticks = new SubmissionPublisher<>();

		@UdsHandler("ticks")
		Flow.Publisher<Integer> ticks() {
			return (subscriber) -> {
				this.ticks.subscribe(subscriber);
				this.ticks.submit(1);
			};
		}

		@UdsHandler("wait")
		String waitFor(String text) throws InterruptedException {
			System.out.println("waits");
			Thread.sleep(Long.MAX_VALUE);
			return text;
		}

		@UdsHandler(listener = "lines")
		String talk(String line, UdsSession session) {
			session.send("and?");
			return session.receive(String.class, Duration.ofHours(1));
		}

	}

}
