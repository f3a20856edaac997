package io.github.udsboot.transport;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Where a socket is: a path in the file system, or an abstract name of Linux, written
 * with a leading {@code @}.
 */
public final class UdsAddress {

	private final String text;

	private final @Nullable Path path;

	private UdsAddress(String text, @Nullable Path path) {
		this.text = text;
		this.path = path;
	}

	/**
	 * Return the address for a text as it stands in the configuration.
	 * @param text a path, or {@code @} and an abstract name
	 * @return the address
	 * @throws IllegalArgumentException if the text is empty, is a bare {@code @} or holds
	 * a NUL character
	 */
	public static UdsAddress of(String text) {
		if (text.isEmpty() || text.equals("@") || text.indexOf('\0') >= 0) {
			throw new IllegalArgumentException(
					"'" + text.replace("\0", "\\0") + "' is no socket path: give a path, or '@' and an abstract name");
		}
		return text.startsWith("@") ? new UdsAddress(text, null) : of(Path.of(text));
	}

	/**
	 * Return the address for a path.
	 * @param path the path, made absolute when it is not
	 * @return the address
	 */
	public static UdsAddress of(Path path) {
		Path absolute = path.toAbsolutePath().normalize();
		return new UdsAddress(absolute.toString(), absolute);
	}

	/**
	 * Return whether this is an abstract name.
	 * @return {@code true} for an abstract name, {@code false} for a path
	 */
	public boolean isAbstract() {
		return this.path == null;
	}

	/**
	 * Return the path.
	 * @return the absolute path
	 * @throws IllegalStateException if this is an abstract name
	 */
	public Path path() {
		if (this.path == null) {
			throw new IllegalStateException("'" + this.text + "' is an abstract name and has no path");
		}
		return this.path;
	}

	/**
	 * Return the abstract name.
	 * @return the name without its leading {@code @}
	 * @throws IllegalStateException if this is a path
	 */
	public String abstractName() {
		if (this.path != null) {
			throw new IllegalStateException("'" + this.text + "' is a path and no abstract name");
		}
		return this.text.substring(1);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof UdsAddress address && address.text.equals(this.text);
	}

	@Override
	public int hashCode() {
		return this.text.hashCode();
	}

	@Override
	public String toString() {
		return this.text;
	}

}
