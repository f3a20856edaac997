package io.github.udsboot;

/**
 * Outcome of a call, in the vocabulary and with the numbers of gRPC's status codes, which
 * ttrpc carries on the wire as {@code google.rpc.Status.code}.
 */
public enum Status {

	/** The call succeeded. */
	OK,

	/** The caller gave the call up. */
	CANCELLED,

	/** An error that the peer did not classify, or a code this version does not know. */
	UNKNOWN,

	/** The payload or the metadata could not be understood. */
	INVALID_ARGUMENT,

	/** The deadline passed before the outcome was known. */
	DEADLINE_EXCEEDED,

	/** Something the call names does not exist. */
	NOT_FOUND,

	/** Something the call wants to create exists already. */
	ALREADY_EXISTS,

	/** The peer may not do this. */
	PERMISSION_DENIED,

	/** A limit was reached. */
	RESOURCE_EXHAUSTED,

	/** The system is not in the state that the call needs. */
	FAILED_PRECONDITION,

	/** The call collided with another one. */
	ABORTED,

	/** A value lies outside of the valid range. */
	OUT_OF_RANGE,

	/** No handler knows the route. */
	UNIMPLEMENTED,

	/** The handler, or a part below it, failed. */
	INTERNAL,

	/** The server cannot be reached, or takes no more calls. */
	UNAVAILABLE,

	/** Data was lost beyond recovery. */
	DATA_LOSS,

	/** The call lacks valid credentials. */
	UNAUTHENTICATED;

	private static final Status[] BY_CODE = values();

	/**
	 * Return the number that stands for this status on the wire.
	 * @return gRPC's code, from 0 to 16
	 */
	public int code() {
		return ordinal();
	}

	/**
	 * Return the status with the given number.
	 * @param code gRPC's code
	 * @return the status, {@link #UNKNOWN} for a number outside of 0 to 16
	 */
	public static Status fromCode(int code) {
		return (code >= 0 && code < BY_CODE.length) ? BY_CODE[code] : UNKNOWN;
	}

}
