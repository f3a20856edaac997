package io.github.udsboot.handler.failure;

import org.springframework.core.MethodParameter;

/**
 * Tells a failure to resolve an argument from the same exception thrown by the handler
 * itself. Never leaves this package.
 */
public final class UnresolvedArgumentException extends Exception {

	private static final long serialVersionUID = 1L;

	private final transient MethodParameter parameter;

	private final Exception reason;

	public UnresolvedArgumentException(MethodParameter parameter, Exception reason) {
		// Without a message, since Spring would log it; the reason has the stack trace
		super(null, null, false, false);
		this.parameter = parameter;
		this.reason = reason;
	}

	MethodParameter parameter() {
		return this.parameter;
	}

	public Exception reason() {
		return this.reason;
	}

}
