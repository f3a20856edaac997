package io.github.udsboot.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.config.ImportUdsExchanges;

/**
 * A web application whose controller calls a typed client.
 */
@SpringBootApplication
@ImportUdsExchanges(StockApplication.Stock.class)
class StockApplication {

	interface Stock {

		@UdsExchange("stock.count")
		int count(String item);

	}

	@RestController
	static class StockController {

		private final Stock stock;

		StockController(Stock stock) {
			this.stock = stock;
		}

		@GetMapping("/stock/{item}")
		int count(@PathVariable String item) {
			return this.stock.count(item);
		}

	}

}
