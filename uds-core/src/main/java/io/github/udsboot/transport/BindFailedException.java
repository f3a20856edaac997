package io.github.udsboot.transport;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * A listening socket could not be bound safely. Nothing that was there before has been
 * changed.
 */
public class BindFailedException extends IOException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	private final String address;

	private final String remedy;

	/**
	 * Create an exception.
	 * @param reason the reason
	 * @param address the path or abstract name
	 * @param message what is wrong, naming the path and, if any, the limit
	 * @param remedy what the user can do about the problem
	 * @param cause the cause, or {@code null}
	 */
	public BindFailedException(Reason reason, UdsAddress address, String message, String remedy,
			@Nullable Throwable cause) {
		super(message, cause);
		this.reason = reason;
		this.address = address.toString();
		this.remedy = remedy;
	}

	/**
	 * Return why the socket could not be bound.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Return where the socket was to be bound.
	 * @return the path or abstract name
	 */
	public String address() {
		return this.address;
	}

	/**
	 * Return what the user can do about the problem.
	 * @return the remedy, a sentence
	 */
	public String remedy() {
		return this.remedy;
	}

	/** Why a socket could not be bound. */
	public enum Reason {

		/** The path has more bytes than a socket address can hold. */
		PATH_TOO_LONG,

		/** The directory does not exist and cannot be created. */
		DIRECTORY_MISSING,

		/** The directory, or something above it, is not a directory. */
		NOT_A_DIRECTORY,

		/** This process may not create files in the directory. */
		DIRECTORY_NOT_WRITABLE,

		/**
		 * Other users could replace the socket: the directory or one above it belongs to
		 * them, or is open to them.
		 */
		DIRECTORY_UNSAFE,

		/** Another process listens there. */
		LIVE_SERVER,

		/** Another container of this JVM listens there. */
		SAME_JVM,

		/** Something that is not a socket is in the way. */
		NOT_A_SOCKET,

		/** A socket of another user is in the way. */
		FOREIGN_SOCKET,

		/**
		 * The lock file is not usable, for instance because it belongs to another user.
		 */
		LOCK_UNUSABLE,

		/** Something is in the way of the directory in which the socket is bound. */
		PRIVATE_DIRECTORY,

		/** The mode or the group cannot be set. */
		PERMISSIONS,

		/** The transport cannot be used on this system. */
		TRANSPORT_UNAVAILABLE,

		/** Anything else. */
		OTHER

	}

}
