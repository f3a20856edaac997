package io.github.udsboot.readme;

import org.springframework.stereotype.Component;

import io.github.udsboot.annotation.UdsHandler;

/* Shown in docs/handlers.md. */
@Component
class PurgeHandler {

	@UdsHandler("cache.purge")
	String purge(String cache, @CurrentUser String user) {
		return cache + " purged by " + user;
	}

}
