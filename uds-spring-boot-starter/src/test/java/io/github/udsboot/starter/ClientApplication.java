package io.github.udsboot.starter;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

import io.github.udsboot.client.UdsTemplate;

/**
 * An application that is nothing but a client, and ends when it has called.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
public class ClientApplication {

	public static void main(String[] args) {
		SpringApplication.run(ClientApplication.class, args);
	}

	@Bean
	ApplicationRunner caller(UdsTemplate uds) {
		return (arguments) -> System.out.println("called: " + uds.route("orders.{id}.get", 42).retrieve(Order.class));
	}

}
