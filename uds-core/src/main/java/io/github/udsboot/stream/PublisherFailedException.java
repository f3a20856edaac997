package io.github.udsboot.stream;

/**
 * A publisher has ended with a failure, which is the cause.
 */
public final class PublisherFailedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	PublisherFailedException(Throwable cause) {
		super(cause.toString(), cause);
	}

}
