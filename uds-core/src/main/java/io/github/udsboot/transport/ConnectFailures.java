package io.github.udsboot.transport;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.transport.ConnectFailedException.Reason;

/**
 * Explains why a connect failed. The exception classes tell little, and their messages
 * come from the C library in the language of the environment, so the file at the path is
 * examined as well.
 */
public final class ConnectFailures {

	private static final int TYPE = 0170000;

	private static final int SOCKET = 0140000;

	private ConnectFailures() {
	}

	/**
	 * Explain the failure of a connect.
	 * @param address the address
	 * @param failure the exception that the connect threw
	 * @param refused whether it stands for ECONNREFUSED
	 * @param otherwise the reason if no other one applies
	 * @return the exception to throw
	 */
	public static ConnectFailedException explain(UdsAddress address, IOException failure, boolean refused,
			Reason otherwise) {
		if (!address.isAbstract()) {
			return create(reason(address.path(), failure, refused, otherwise), address, failure);
		}
		UdsAddress other = refused ? AbstractNames.listeningInOtherForm(address) : null;
		return (other != null) ? otherForm(address, other, failure)
				: create(refused ? Reason.NO_SOCKET : otherwise, address, failure);
	}

	private static ConnectFailedException otherForm(UdsAddress address, UdsAddress other, IOException failure) {
		// To the kernel these are two names: a server may still appear at this one
		return new ConnectFailedException(Reason.NO_SOCKET,
				"Cannot connect to " + address.quoted() + ": no server listens at this name ("
						+ AbstractNames.describe(address) + "), but one listens at the same name "
						+ AbstractNames.describe(other) + ". Write '" + other + "' to reach that one",
				failure);
	}

	/**
	 * Create the exception for a known reason.
	 * @param reason the reason
	 * @param address the address
	 * @param cause the cause, or {@code null}
	 * @return the exception to throw
	 */
	public static ConnectFailedException create(Reason reason, UdsAddress address, @Nullable Throwable cause) {
		String text = (cause != null) ? " (" + text(cause) + ")" : "";
		return new ConnectFailedException(reason,
				"Cannot connect to " + address.quoted() + ": " + describe(reason) + text, cause);
	}

	/**
	 * Create the exception for a path that is too long for the socket addresses of a
	 * transport.
	 * @param limit the limit of the transport
	 * @param address the address
	 * @return the exception to throw
	 */
	public static ConnectFailedException tooLong(SocketPathLimit limit, UdsAddress address) {
		return new ConnectFailedException(Reason.PATH_TOO_LONG,
				"Cannot connect: " + limit.problem(address) + ". " + limit.remedy(address), null);
	}

	private static String describe(Reason reason) {
		return switch (reason) {
			case NO_SOCKET -> "there is no socket; the server has not started yet, or has stopped";
			case NOT_LISTENING -> "no server listens on the socket; the server has stopped without cleaning up";
			case BACKLOG_FULL -> "the server is busy, its backlog is full";
			case ACCESS_DENIED -> "the mode of the socket or of a directory above it refuses this user";
			case NOT_A_SOCKET -> "what stands there is no stream socket";
			case PATH_TOO_LONG -> "the path is too long";
			case UNEXPECTED_SERVER -> "the server is not the one that the client expects";
			case OTHER -> "the attempt failed";
		};
	}

	/**
	 * Return why no connect can succeed now, as far as that can be determined without
	 * one.
	 * @param address the address
	 * @return the reason, or {@code null} if no obstacle is known
	 */
	static @Nullable Reason obstacle(UdsAddress address) {
		if (address.isAbstract()) {
			return null;
		}
		Reason obstacle = obstacle(address.path());
		if (obstacle == null && !Files.isWritable(address.path())) {
			return Reason.ACCESS_DENIED;
		}
		return (obstacle != Reason.OTHER) ? obstacle : null;
	}

	private static @Nullable Reason obstacle(Path path) {
		try {
			// The kernel follows links here
			boolean socket = Files.getAttribute(path, "unix:mode") instanceof Integer mode && (mode & TYPE) == SOCKET;
			return socket ? null : Reason.NOT_A_SOCKET;
		}
		catch (AccessDeniedException ex) {
			return Reason.ACCESS_DENIED;
		}
		catch (FileSystemException ex) {
			// ENOENT; ENOTDIR, for which only newer JDKs throw the same exception
			return Reason.NO_SOCKET;
		}
		catch (IOException | UnsupportedOperationException ex) {
			return Reason.OTHER;
		}
	}

	private static Reason reason(Path path, IOException failure, boolean refused, Reason otherwise) {
		Reason obstacle = obstacle(path);
		if (obstacle != null) {
			return obstacle;
		}
		if (refused) {
			return Reason.NOT_LISTENING;
		}
		if (failure instanceof BindException || !Files.isWritable(path)) {
			// The JDK throws a BindException for EACCES, whatever the call
			return Reason.ACCESS_DENIED;
		}
		return switch (text(failure)) {
			case "Protocol wrong type for socket" -> Reason.NOT_A_SOCKET;
			// By now there is one: the server has just started
			case "No such file or directory" -> Reason.NO_SOCKET;
			default -> otherwise;
		};
	}

	private static String text(Throwable failure) {
		return Objects.toString(failure.getMessage(), failure.getClass().getSimpleName());
	}

}
