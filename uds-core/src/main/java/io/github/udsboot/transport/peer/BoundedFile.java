package io.github.udsboot.transport.peer;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads small files whose content is partly up to a peer.
 */
final class BoundedFile {

	private static final int INITIAL_BYTES = 2048;

	private BoundedFile() {
	}

	/**
	 * Read the beginning of a file. Not through a channel, which an interrupt of the
	 * application's thread would close, and without asking for the length or for what is
	 * available, which files below {@code /proc} do not know.
	 * @param file the file
	 * @param maxBytes how much to read
	 * @return as much as there is, each byte a character
	 * @throws IOException if the file cannot be read
	 */
	static String read(Path file, int maxBytes) throws IOException {
		try (FileInputStream input = new FileInputStream(file.toFile())) {
			byte[] bytes = new byte[Math.min(INITIAL_BYTES, maxBytes)];
			int length = 0;
			int count = input.read(bytes, 0, bytes.length);
			while (count > 0) {
				length += count;
				if (length == bytes.length) {
					bytes = Arrays.copyOf(bytes, Math.min(2 * length, maxBytes));
				}
				count = input.read(bytes, length, bytes.length - length);
			}
			return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
		}
	}

}
