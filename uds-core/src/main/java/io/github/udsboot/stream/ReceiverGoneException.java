package io.github.udsboot.stream;

/**
 * The receiver of a stream has gone before its end. Without a stack trace, as a peer
 * decides how often it is thrown.
 */
public final class ReceiverGoneException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	ReceiverGoneException() {
		super("The receiver has gone", null, false, false);
	}

}
