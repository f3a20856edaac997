package io.github.udsboot.readme;

import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.stereotype.Component;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.annotation.UdsHandler;

/* Shown in the README. */
@Component
class OrderHandlers {

	@UdsHandler("orders.get")
	Order get(@Payload OrderId id, PeerCredentials peer) {
		return new Order(id.value(), "for " + peer.user().getName());
	}

	@UdsHandler("orders.{id}.cancel")
	void cancel(@DestinationVariable long id, @Header("reason") String reason) {
		// ...
	}

}
