package io.github.udsboot.transport;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * An attempt to connect failed; nothing was sent.
 */
public class ConnectFailedException extends IOException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	/**
	 * Create an exception.
	 * @param reason the reason
	 * @param message what happened, including the address
	 * @param cause the cause, or {@code null}
	 */
	public ConnectFailedException(Reason reason, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.reason = reason;
	}

	/**
	 * Return why the attempt failed.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/** Why an attempt to connect failed. */
	public enum Reason {

		/** Nothing is at the address: the server has not started yet, or has stopped. */
		NO_SOCKET,

		/** A socket file exists, but no process listens on it. */
		NOT_LISTENING,

		/** The server's backlog is full: it is alive but busy. */
		BACKLOG_FULL,

		/**
		 * The mode of the socket or of a directory above it denies access to this user.
		 */
		ACCESS_DENIED,

		/** The file at the address is not a stream socket. */
		NOT_A_SOCKET,

		/** The path has more bytes than a socket address can hold. */
		PATH_TOO_LONG,

		/** The server is not one that the client expects. */
		UNEXPECTED_SERVER,

		/** Anything else. */
		OTHER;

		/**
		 * Return whether the same attempt can succeed a little later.
		 * @return {@code true} if waiting can help
		 */
		public boolean isTransient() {
			return this == NO_SOCKET || this == NOT_LISTENING || this == BACKLOG_FULL;
		}

	}

}
