package io.github.udsboot.readme;

import io.github.udsboot.annotation.UdsHandler;

/** Fails as the README needs it. */
class SoldOutHandler {

	@UdsHandler("orders.place")
	Order place(OrderId id) {
		throw new SoldOutException("Friday");
	}

}
