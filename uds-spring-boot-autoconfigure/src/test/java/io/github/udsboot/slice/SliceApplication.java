package io.github.udsboot.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;

import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.config.ImportUdsExchanges;

/**
 * An application that imports a typed client where everybody puts such annotations.
 */
@SpringBootApplication
@ImportUdsExchanges(SliceApplication.Stock.class)
class SliceApplication {

	@UdsExchange("stock")
	interface Stock {

		@UdsExchange("count")
		int count(String item);

	}

}
