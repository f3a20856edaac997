package io.github.udsboot.starter;

import java.time.LocalDate;
import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.messaging.handler.annotation.DestinationVariable;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.starter.Order.Item;

/**
 * An application that is nothing but a server.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
public class ServerApplication {

	public static void main(String[] args) {
		SpringApplication.run(ServerApplication.class, args);
	}

	@UdsHandler("orders.{id}.get")
	Order get(@DestinationVariable long id) {
		return new Order(id, LocalDate.of(2026, 11, 20), List.of(new Item("tea", 2)));
	}

	@UdsHandler("orders.add")
	Order add(Order order) {
		return new Order(order.id() + 1, order.day().plusDays(1), order.items());
	}

	/** Tells whether the thread that started the application still runs. */
	@UdsHandler("main.alive")
	boolean isMainAlive() {
		return Thread.getAllStackTraces().keySet().stream().anyMatch((thread) -> thread.getName().equals("main"));
	}

}
