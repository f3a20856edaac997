package io.github.udsboot.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

import io.github.udsboot.transport.ConnectFailedException.Reason;

/**
 * Explains why a connect failed. The classes of the exceptions tell little, and their
 * texts come from the C library in the language of the environment; so what stands at the
 * path has a say too.
 */
public final class ConnectFailures {

	private static final int TYPE = 0170000;

	private static final int SOCKET = 0140000;

	private ConnectFailures() {
	}

	/**
	 * Explain the failure of a connect to a path.
	 * @param address the path
	 * @param failure what the connect threw: {@link ConnectException} for ECONNREFUSED,
	 * {@link BindException} for EACCES (sic), anything else for the rest
	 * @return the exception to throw
	 */
	public static ConnectFailedException explain(UdsAddress address, IOException failure) {
		Reason reason = reason(address.path(), failure);
		return new ConnectFailedException(reason,
				"Cannot connect to '" + address + "': " + describe(reason) + " (" + text(failure) + ")", failure);
	}

	/**
	 * Describe a reason for a message.
	 * @param reason the reason
	 * @return a clause
	 */
	public static String describe(Reason reason) {
		return switch (reason) {
			case NO_SOCKET -> "there is no socket; the server has not started yet, or has stopped";
			case NOT_LISTENING -> "nobody listens on the socket; the server has stopped without cleaning up";
			case BACKLOG_FULL -> "the server is busy, its backlog is full";
			case ACCESS_DENIED -> "the mode of the socket or of a directory above it refuses this user";
			case NOT_A_SOCKET -> "what stands there is no stream socket";
			case OTHER -> "the attempt failed";
		};
	}

	private static Reason reason(Path path, IOException failure) {
		if (failure instanceof BindException) {
			return Reason.ACCESS_DENIED;
		}
		boolean socket;
		try {
			// The kernel follows links here
			socket = Files.getAttribute(path, "unix:mode") instanceof Integer mode && (mode & TYPE) == SOCKET;
		}
		catch (NoSuchFileException ex) {
			return Reason.NO_SOCKET;
		}
		catch (AccessDeniedException ex) {
			return Reason.ACCESS_DENIED;
		}
		catch (IOException | UnsupportedOperationException ex) {
			return Reason.OTHER;
		}
		if (!socket) {
			return Reason.NOT_A_SOCKET;
		}
		if (failure instanceof ConnectException) {
			return Reason.NOT_LISTENING;
		}
		return switch (text(failure)) {
			case "Protocol wrong type for socket" -> Reason.NOT_A_SOCKET;
			case "Operation not permitted", "Permission denied" -> Reason.ACCESS_DENIED;
			// ENOENT, and by now there is one: it has just started
			case "No such file or directory" -> Reason.NO_SOCKET;
			// EAGAIN, in whatever language
			default -> Reason.BACKLOG_FULL;
		};
	}

	private static String text(IOException failure) {
		return Objects.toString(failure.getMessage(), failure.getClass().getSimpleName());
	}

}
