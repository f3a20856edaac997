package io.github.udsboot;

/**
 * Outcome of a call, in the vocabulary and with the numbers of gRPC's status codes, which
 * ttrpc carries on the wire as {@code google.rpc.Status.code}.
 */
public enum Status {

	/** The call succeeded. */
	OK(0),

	/** The caller gave up the call. */
	CANCELLED(1),

	/** An error that the peer did not classify, or a code this version does not know. */
	UNKNOWN(2),

	/** The payload or the metadata was not understood. */
	INVALID_ARGUMENT(3),

	/** The deadline passed before the outcome was known. */
	DEADLINE_EXCEEDED(4),

	/** Something that the call names does not exist. */
	NOT_FOUND(5),

	/** Something that the call would create exists already. */
	ALREADY_EXISTS(6),

	/** The peer may not do this. */
	PERMISSION_DENIED(7),

	/** A limit was reached. */
	RESOURCE_EXHAUSTED(8),

	/** The system is not in the state that the call needs. */
	FAILED_PRECONDITION(9),

	/** The call collided with another one. */
	ABORTED(10),

	/** A value is outside the valid range. */
	OUT_OF_RANGE(11),

	/** No handler knows the route. */
	UNIMPLEMENTED(12),

	/** The handler, or a part below it, failed. */
	INTERNAL(13),

	/** The server cannot be reached, or accepts no more calls. */
	UNAVAILABLE(14),

	/** Data was lost beyond recovery. */
	DATA_LOSS(15),

	/** The call lacks valid credentials. */
	UNAUTHENTICATED(16);

	private static final Status[] BY_CODE = values();

	private final int code;

	Status(int code) {
		this.code = code;
	}

	/**
	 * Return the number that stands for this status on the wire.
	 * @return gRPC's code, from 0 to 16
	 */
	public int code() {
		return this.code;
	}

	/**
	 * Return the status with the given number.
	 * @param code gRPC's code
	 * @return the status, {@link #UNKNOWN} for a number outside 0 to 16
	 */
	public static Status fromCode(int code) {
		return (code >= 0 && code < BY_CODE.length) ? BY_CODE[code] : UNKNOWN;
	}

}
