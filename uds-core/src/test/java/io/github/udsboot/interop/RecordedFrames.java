package io.github.udsboot.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One connection of {@code ttrpc-frames.txt}, whose head explains the format: what a
 * client wrote to containerd's ttrpc server and what that answered.
 *
 * @param name the name of the connection
 * @param frames its frames, in their order
 */
record RecordedFrames(String name, List<Recorded> frames) {

	static List<RecordedFrames> all() {
		Path file = GoPrograms.interopDirectory().resolve("go/testdata/ttrpc-frames.txt");
		Map<String, RecordedFrames> connections = new LinkedHashMap<>();
		try {
			for (String line : Files.readAllLines(file)) {
				if (!line.isEmpty() && !line.startsWith("#")) {
					add(line.split(" "), connections);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return List.copyOf(connections.values());
	}

	private static void add(String[] fields, Map<String, RecordedFrames> connections) {
		String[] name = fields[0].split("\\.");
		String part = (name.length > 1) ? name[1] : "";
		connections.computeIfAbsent(name[0], (missing) -> new RecordedFrames(missing, new ArrayList<>()))
			.frames()
			.add(new Recorded(part, fields[1].equals("client>server"), bytes(fields[2])));
	}

	private static byte[] bytes(String hex) {
		String[] parts = hex.split("\\+");
		byte[] bytes = HexFormat.of().parseHex(parts[0]);
		if (parts.length == 1) {
			return bytes;
		}
		int zeros = Integer.parseInt(parts[1].substring(0, parts[1].indexOf('*')));
		return Arrays.copyOf(bytes, bytes.length + zeros);
	}

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * A recorded frame.
	 *
	 * @param part {@code setup}, {@code probe}, or empty for the case itself
	 * @param fromClient whether the client wrote it
	 * @param bytes the whole frame
	 */
	record Recorded(String part, boolean fromClient, byte[] bytes) {
	}

}
