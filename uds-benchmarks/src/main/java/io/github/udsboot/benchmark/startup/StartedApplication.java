package io.github.udsboot.benchmark.startup;

import java.lang.management.ManagementFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A small application, which says how long the start of its JVM and itself took, and
 * ends. Without the starter on the class path its handler is a bean like any other: the
 * JVM passes over annotations whose type is not there.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class StartedApplication {

	/** Begins the line with the milliseconds. */
	public static final String STARTED = "started ";

	@Bean
	GreetingHandler greetingHandler() {
		return new GreetingHandler();
	}

	/**
	 * Start and end.
	 * @param args properties of the application
	 */
	public static void main(String[] args) {
		ConfigurableApplicationContext context = SpringApplication.run(StartedApplication.class, args);
		long millis = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
		System.out.println(STARTED + millis);
		context.close();
	}

}
