package io.github.udsboot.stress;

/**
 * What a handler fails with because the round wants it to: may be logged as an error.
 */
class ProvokedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	ProvokedException(String message) {
		super("Provoked: " + message);
	}

}
