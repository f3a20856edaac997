package io.github.udsboot.config.contracts;

import io.github.udsboot.annotation.UdsExchange;

/**
 * Found by its methods.
 */
public interface Inventory extends Readable<String> {

	@UdsExchange("inventory.count")
	int count();

}
