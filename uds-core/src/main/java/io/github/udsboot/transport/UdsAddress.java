package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The address of a socket: a path in the file system, or an abstract name of Linux. As
 * text:
 * <ul>
 * <li>{@code /run/orders.sock}, {@code run/orders.sock}: a path.</li>
 * <li>{@code unix:/run/orders.sock}, {@code unix:run/orders.sock},
 * {@code unix:///run/orders.sock}: the same, as gRPC, Docker and containerd write
 * it.</li>
 * <li>{@code @orders}, {@code unix-abstract:orders}: an abstract name of exactly these
 * bytes.</li>
 * <li>{@code unix-abstract-padded:orders}: an abstract name that is padded with NUL
 * characters to the size of an address, as in HAProxy's {@code abns@orders} and in Node
 * before 21.7. To the kernel that is another name.</li>
 * </ul>
 * Nothing is decoded or expanded. A text that looks like another scheme or like something
 * that a shell would have expanded ({@code tcp://...}, {@code ~/...}) is refused; any
 * name may follow {@code ./}.
 */
public final class UdsAddress {

	/** The size of the kernel's socket addresses. */
	static final int SIZE = isBsd() ? 104 : 108;

	private static final String PADDED = UdsAddressParser.PADDED + ":";

	// The charset by which the JDK turns a path into bytes
	private static final Charset PATH_CHARSET = Charset
		.forName(System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name()));

	private final String text;

	private final @Nullable Path path;

	private final @Nullable Path socketPath;

	private final byte[] bytes;

	private final boolean padded;

	private UdsAddress(String text, @Nullable Path path, @Nullable Path socketPath, byte[] bytes, boolean padded) {
		this.text = text;
		this.path = path;
		this.socketPath = socketPath;
		this.bytes = bytes;
		this.padded = padded;
	}

	private static boolean isBsd() {
		String name = System.getProperty("os.name", "");
		return name.startsWith("Mac") || name.endsWith("BSD");
	}

	/**
	 * Return the address for a text from the configuration.
	 * @param text a path or an abstract name, in one of the forms above
	 * @return the address
	 * @throws IllegalArgumentException if the text has none of these forms, contains a
	 * NUL character, or is an abstract name of more than 107 bytes
	 */
	public static UdsAddress of(String text) {
		return UdsAddressParser.parse(text);
	}

	/**
	 * Return the address for a path.
	 * @param path the path, absolute or relative to the working directory
	 * @return the address
	 * @throws IllegalArgumentException if the path is empty, or is relative and begins
	 * with a scheme, or with something that a shell would have replaced; {@code @name} is
	 * a file here
	 */
	public static UdsAddress of(Path path) {
		return UdsAddressParser.parse(path);
	}

	/**
	 * Return the address for a path, whatever it looks like. It is not normalized: after
	 * a symbolic link only the kernel knows where {@code ..} leads.
	 */
	static UdsAddress ofPath(Path path) {
		Path given = withoutDots(path);
		Path absolute = given.toAbsolutePath();
		Path socketPath = WorkingDirectory.IS_KNOWN ? given : absolute;
		return new UdsAddress(absolute.toString(), absolute, socketPath, bytes(socketPath), false);
	}

	/**
	 * Return the bytes of a path, as the JDK encodes them.
	 * @param path the path
	 * @return its bytes
	 */
	public static byte[] bytes(Path path) {
		return path.toString().getBytes(PATH_CHARSET);
	}

	private static Path withoutDots(Path path) {
		Path result = path.isAbsolute() ? path.getRoot() : null;
		for (Path name : path) {
			if (!name.toString().equals(".")) {
				result = (result != null) ? result.resolve(name) : name;
			}
		}
		return (result != null) ? result : path;
	}

	static UdsAddress ofAbstractName(String name, boolean padded) {
		byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
		if (utf8.length > SIZE - 1) {
			throw new IllegalArgumentException("The abstract name '" + name + "' has " + utf8.length
					+ " bytes; the limit is " + (SIZE - 1) + ". Choose a shorter name");
		}
		byte[] bytes = new byte[padded ? SIZE : utf8.length + 1];
		System.arraycopy(utf8, 0, bytes, 1, utf8.length);
		// A name that fills an address has the same bytes in both forms
		boolean different = padded && utf8.length < SIZE - 1;
		return new UdsAddress((different ? PADDED : "@") + name, null, null, bytes, different);
	}

	/**
	 * Return whether this is an abstract name.
	 * @return {@code true} for an abstract name, {@code false} for a path
	 */
	public boolean isAbstract() {
		return this.path == null;
	}

	/**
	 * Return whether this is an abstract name that is padded with NUL characters.
	 * @return {@code true} for a padded name, {@code false} for an exact one and for a
	 * path
	 */
	public boolean isPadded() {
		return this.padded;
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
	 * Return the path that is passed to the kernel. It is relative if it was given so: it
	 * may be short enough for a socket where the absolute path is not.
	 * @return the path as it was given
	 * @throws IllegalStateException if this is an abstract name
	 */
	public Path socketPath() {
		path();
		return Objects.requireNonNull(this.socketPath);
	}

	/**
	 * Return the abstract name.
	 * @return the name, without the prefix that marks it as abstract
	 * @throws IllegalStateException if this is a path
	 */
	public String abstractName() {
		if (this.path != null) {
			throw new IllegalStateException("'" + this.text + "' is a path and no abstract name");
		}
		return this.text.substring(this.padded ? PADDED.length() : 1);
	}

	/**
	 * Return the bytes that are passed to the kernel.
	 * @return the bytes of the path as it was given, or those of the abstract name with
	 * the NUL before it and, if it is padded, those after it
	 */
	public byte[] toBytes() {
		return this.bytes.clone();
	}

	int length() {
		return this.bytes.length;
	}

	/**
	 * Return the same abstract name in the other form.
	 * @return the exact name if this one is padded, and the other way round
	 * @throws IllegalStateException if this is a path
	 */
	UdsAddress otherForm() {
		return ofAbstractName(abstractName(), !this.padded);
	}

	/**
	 * Return the address for use in a message.
	 * @return the text in quotes; both forms of a relative path
	 */
	public String quoted() {
		return (this.path == null || this.path.equals(this.socketPath)) ? "'" + this.text + "'"
				: "'" + this.socketPath + "' ('" + this.text + "')";
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof UdsAddress address && address.text.equals(this.text);
	}

	@Override
	public int hashCode() {
		return this.text.hashCode();
	}

	/**
	 * Return the address as a text that {@link #of(String)} accepts.
	 * @return the absolute path, or the abstract name with the prefix that marks it as
	 * such
	 */
	@Override
	public String toString() {
		return this.text;
	}

	/**
	 * The directory from which relative paths start. The JDK uses the property
	 * {@code user.dir}, which may have been changed.
	 */
	private static final class WorkingDirectory {

		static final boolean IS_KNOWN = isKnown();

		private static boolean isKnown() {
			Path ofProcess = Path.of("/proc/self/cwd");
			try {
				return !Files.exists(ofProcess) || Files.isSameFile(ofProcess, Path.of("").toAbsolutePath());
			}
			catch (IOException ex) {
				return false;
			}
		}

	}

}
