package io.github.udsboot.readme;

import java.util.concurrent.CompletableFuture;

import org.springframework.stereotype.Component;

import io.github.udsboot.annotation.UdsHandler;

/* Shown in the README. */
@Component
@UdsHandler
class Stock implements StockService {

	@Override
	public int count(String item) {
		return item.length();
	}

	@Override
	public CompletableFuture<Reservation> reserve(Reservation wanted, String tenant) {
		return CompletableFuture.completedFuture(wanted);
	}

}
