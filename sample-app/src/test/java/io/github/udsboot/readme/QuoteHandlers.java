package io.github.udsboot.readme;

import java.util.concurrent.CompletableFuture;

import org.springframework.stereotype.Component;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;

/* Shown in the README. */
@Component
class QuoteHandlers {

	private final UdsTemplate suppliers;

	QuoteHandlers(UdsTemplate suppliers) {
		this.suppliers = suppliers;
	}

	@UdsHandler("quotes.best")
	String best(String item) {
		return this.suppliers.request("suppliers.price", item, String.class);
	}

	@UdsHandler("quotes.later")
	CompletableFuture<String> later(String item) {
		return this.suppliers.requestAsync("suppliers.price", item, String.class);
	}

}
