package io.github.udsboot.readme;

import java.util.concurrent.CompletableFuture;

import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;

import io.github.udsboot.annotation.UdsExchange;

/* Shown in the README. */
@UdsExchange("stock")
interface StockService {

	@UdsExchange("{item}.count")
	int count(@DestinationVariable String item);

	@UdsExchange(route = "reserve", timeout = "500ms")
	CompletableFuture<Reservation> reserve(Reservation wanted, @Header("tenant") String tenant);

}
