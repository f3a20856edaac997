package io.github.udsboot.readme;

import org.springframework.stereotype.Component;

/* Tested in docs/testing.md. */
@Component
class Shop {

	private final StockService stock;

	Shop(StockService stock) {
		this.stock = stock;
	}

	boolean sells(String item) {
		return this.stock.count(item) > 0;
	}

}
