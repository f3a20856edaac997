package io.github.udsboot.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;

/**
 * An open file or directory, with a path that leads to it even if another file takes over
 * its name: {@code /proc/self/fd/<n>}. Java has no other way to change the mode of an
 * open file, or to name a file inside an open directory.
 * <p>
 * The number of the descriptor is found by a mark that only the holder of the channel can
 * set: its position, which {@code /proc/self/fdinfo} shows. Where there is no such file
 * system the path is the name, and a replaced file is detected by comparing
 * {@link FileIdentity}.
 */
final class HeldFile implements Closeable {

	private static final Log logger = GuardedLog.of(HeldFile.class);

	private static final Path PROCESS = Path.of("/proc/self");

	private static final String POSITION = "pos:\t";

	private final FileChannel channel;

	private final Path path;

	private final boolean certain;

	private HeldFile(FileChannel channel, Path name, @Nullable Path certain) {
		this.channel = channel;
		this.path = (certain != null) ? certain : name;
		this.certain = certain != null;
	}

	/**
	 * Open a directory.
	 * @param name its name, which must not be a link
	 * @return the directory, to be closed after use
	 * @throws IOException if it cannot be opened
	 */
	static HeldFile directory(Path name) throws IOException {
		return directory(name, PROCESS);
	}

	static HeldFile directory(Path name, Path process) throws IOException {
		while (true) {
			try {
				return of(FileChannel.open(name, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), name, process);
			}
			catch (ClosedByInterruptException ex) {
				logger.debug("Opened once more since the thread was interrupted", ex);
			}
		}
	}

	/**
	 * Hold an open file that is still empty.
	 * @param channel the file, which is closed together with the returned object, or if
	 * this fails
	 * @param name its name
	 * @return the file
	 * @throws IOException if the thread is interrupted
	 */
	static HeldFile of(FileChannel channel, Path name) throws IOException {
		return of(channel, name, PROCESS);
	}

	private static HeldFile of(FileChannel channel, Path name, Path process) throws IOException {
		// A pending interrupt would close the channel
		boolean interrupted = Thread.interrupted();
		HeldFile held = null;
		try {
			held = new HeldFile(channel, name, find(channel, process));
			return held;
		}
		catch (ClosedByInterruptException ex) {
			interrupted = true;
			throw ex;
		}
		finally {
			if (held == null) {
				channel.close();
			}
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static @Nullable Path find(FileChannel channel, Path process) throws IOException {
		long mark = ThreadLocalRandom.current().nextLong(1 << 20, Integer.MAX_VALUE);
		try {
			channel.position(mark);
		}
		catch (ClosedByInterruptException ex) {
			throw ex;
		}
		catch (IOException ex) {
			logger.debug("The position of a directory cannot be set", ex);
			return null;
		}
		Path found = null;
		try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fdinfo"))) {
			for (Path descriptor : descriptors) {
				if (isAt(descriptor, mark)) {
					found = process.resolve("fd").resolve(descriptor.getFileName());
				}
			}
		}
		catch (IOException | DirectoryIteratorException ex) {
			logger.debug("The descriptors of this process cannot be listed", ex);
			return null;
		}
		return (found != null && Files.exists(found)) ? found : null;
	}

	private static boolean isAt(Path descriptor, long mark) {
		try {
			return Files.readString(descriptor, StandardCharsets.ISO_8859_1).startsWith(POSITION + mark + "\n");
		}
		catch (IOException ex) {
			// closed in the meantime
			return false;
		}
	}

	/**
	 * Return a path that leads to the open file, for as long as it is open.
	 * @return the path; the name if {@link #isCertain()} is {@code false}
	 */
	Path path() {
		return this.path;
	}

	/**
	 * Return whether the path leads to the open file whatever happens to its name.
	 * @return {@code false} if the system has no such path
	 */
	boolean isCertain() {
		return this.certain;
	}

	/**
	 * Return the identity of the open file.
	 * @return its identity, or {@code null} if it no longer has a name and the path is
	 * not certain
	 * @throws IOException if it cannot be determined
	 */
	@Nullable FileIdentity identity() throws IOException {
		return this.certain ? FileIdentity.ofTarget(this.path) : FileIdentity.of(this.path);
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
