package io.github.udsboot.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The README and its snippets.
 */
final class ReadmeText {

	private static final Pattern BLOCK = Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

	private static final Pattern KEY = Pattern.compile("`(uds\\.[a-z.-]+)`");

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	private final Path project;

	private final String text;

	private ReadmeText(Path project, String text) {
		this.project = project;
		this.text = text;
	}

	static ReadmeText read() throws IOException {
		return read("README.md");
	}

	static ReadmeText read(String page) throws IOException {
		Path directory = Path.of("").toAbsolutePath();
		while (!Files.exists(directory.resolve("README.md"))) {
			directory = directory.getParent();
		}
		return new ReadmeText(directory, Files.readString(directory.resolve(page)));
	}

	Path project() {
		return this.project;
	}

	List<String> blocks(String language) {
		List<String> blocks = new ArrayList<>();
		Matcher matcher = BLOCK.matcher(this.text);
		while (matcher.find()) {
			if (matcher.group(1).equals(language)) {
				blocks.add(matcher.group(2));
			}
		}
		return blocks;
	}

	List<String> configurationKeys() {
		return KEY.matcher(this.text).results().map((result) -> result.group(1)).distinct().toList();
	}

	/** Return what is set as code in the first column of the tables of a section. */
	List<String> firstColumn(String heading) {
		String section = this.text.substring(this.text.indexOf("\n## " + heading + "\n") + 1).split("\n## ", 2)[0];
		return section.lines()
			.filter((line) -> line.startsWith("| "))
			.map((line) -> line.split("\\|")[1])
			.flatMap((cell) -> CODE.matcher(cell).results())
			.map((code) -> code.group(1))
			.toList();
	}

	/** Where indentation and line ends do not matter. */
	static String squeeze(String code) {
		return code.replaceAll("\\s+", " ").trim();
	}

}
