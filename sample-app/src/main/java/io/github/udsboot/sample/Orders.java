package io.github.udsboot.sample;

import java.util.Map;

import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.stereotype.Component;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.annotation.UdsHandler;

/**
 * Handlers whose route has a variable, and that may fail with a status.
 */
@Component
@UdsHandler("orders")
class Orders {

	private final Map<Long, Order> orders = Map.of(1L, new Order(1, "tea", 2), 42L, new Order(42, "towel", 1));

	@UdsHandler("{id}.get")
	Order get(@DestinationVariable long id) {
		Order order = this.orders.get(id);
		if (order == null) {
			throw new UdsStatusException(Status.NOT_FOUND, "There is no order " + id);
		}
		return order;
	}

	/**
	 * An order.
	 *
	 * @param id the number of the order
	 * @param item the ordered item
	 * @param quantity the ordered quantity
	 */
	record Order(long id, String item, int quantity) {

	}

}
