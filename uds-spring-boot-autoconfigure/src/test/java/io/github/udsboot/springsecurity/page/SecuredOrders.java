package io.github.udsboot.springsecurity.page;

import java.security.Principal;

import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Component;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.annotation.UdsHandler;

/* Shown in docs/spring-security.md. */
@Component
class SecuredOrders {

	@UdsHandler("orders.{id}.delete")
	@PreAuthorize("hasRole('ORDERS')")
	String delete(@DestinationVariable String id, @AuthenticationPrincipal PeerCredentials peer) {
		return id + " deleted by " + peer.getName();
	}

	@UdsHandler("orders.mine")
	String mine(Authentication authentication) {
		return "orders of " + authentication.getName();
	}

	@UdsHandler("health")
	String health(Principal caller) {
		return "fine, " + caller.getName();
	}

}
