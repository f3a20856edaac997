package io.github.udsboot.config.contracts;

import io.github.udsboot.annotation.UdsHandler;

/**
 * Has a handler method that a class-based proxy of a class elsewhere cannot override.
 */
public class PackagePrivateHandler {

	private final String state = "seen";

	@UdsHandler("package.elsewhere")
	String see() {
		return this.state;
	}

}
