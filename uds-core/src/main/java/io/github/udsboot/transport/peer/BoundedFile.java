package io.github.udsboot.transport.peer;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads small files whose content is partly up to a peer.
 */
final class BoundedFile {

	private BoundedFile() {
	}

	/**
	 * Read the beginning of a file. Not through a channel, which an interrupt of the
	 * application's thread would close.
	 * @param file the file
	 * @param maxBytes how much to read
	 * @return as much as there is, each byte a character
	 * @throws IOException if the file cannot be read
	 */
	static String read(Path file, int maxBytes) throws IOException {
		try (InputStream input = new FileInputStream(file.toFile())) {
			return new String(input.readNBytes(maxBytes), StandardCharsets.ISO_8859_1);
		}
	}

}
