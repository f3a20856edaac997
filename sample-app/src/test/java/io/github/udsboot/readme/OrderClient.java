package io.github.udsboot.readme;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.springframework.stereotype.Component;

import io.github.udsboot.client.UdsTemplate;

/* Shown in the README. */
@Component
class OrderClient {

	private final UdsTemplate uds;

	OrderClient(UdsTemplate uds) {
		this.uds = uds;
	}

	Order get(long id) {
		return this.uds.request("orders.get", new OrderId(id), Order.class);
	}

	CompletableFuture<Order> getLater(long id) {
		return this.uds.requestAsync("orders.get", new OrderId(id), Order.class);
	}

	void cancel(long id) {
		this.uds.route("orders.{id}.cancel", id)
			.header("reason", "changed my mind")
			.timeout(Duration.ofMillis(200))
			.retrieve(Void.class);
	}

	void audit(String event) {
		this.uds.send("audit.record", event);
	}

}
