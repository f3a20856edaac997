package io.github.udsboot.readme;

import java.time.Duration;

import io.github.udsboot.client.UdsTemplate;

/* Shown in the README. */
final class WithoutSpringBoot {

	private WithoutSpringBoot() {
	}

	static Order call(String path) {
		try (UdsTemplate uds = UdsTemplate.builder().path(path).timeout(Duration.ofSeconds(1)).build()) {
			Order order = uds.request("orders.get", new OrderId(42), Order.class);
			return order;
		}
	}

}
