package io.github.udsboot.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every page leads somewhere, and every Java snippet to the class that is compiled and
 * has the imports.
 */
class DocumentationTests {

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

	private static final Pattern HEADING = Pattern.compile("^#+ +(.*)$", Pattern.MULTILINE);

	private static final Pattern BLOCK = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

	static List<Path> pages() throws IOException {
		Path project = ReadmeText.read().project();
		List<Path> pages = new ArrayList<>();
		for (Path directory : List.of(project, project.resolve("docs"), project.resolve("docs/adr"))) {
			try (Stream<Path> files = Files.list(directory)) {
				files.filter((file) -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
			}
		}
		return pages;
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyLinkLeadsToAFileAndAHeadingThatExist(Path page) throws IOException {
		String text = BLOCK.matcher(Files.readString(page)).replaceAll("");
		assertThat(links(text)).allSatisfy((link) -> {
			Path target = link.startsWith("#") ? page : page.resolveSibling(link.replaceAll("#.*", "")).normalize();
			assertThat(target).exists();
			if (link.contains("#")) {
				assertThat(anchors(target)).contains(link.substring(link.indexOf('#') + 1));
			}
		});
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyJavaSnippetIsPartOfTheClassThatIsLinkedAfterIt(Path page) throws IOException {
		String text = Files.readString(page);
		List<MatchResult> blocks = BLOCK.matcher(text).results().toList();
		for (int i = 0; i < blocks.size(); i++) {
			MatchResult block = blocks.get(i);
			if (!block.group(1).equals("java")) {
				continue;
			}
			String after = text.substring(block.end(),
					(i + 1 < blocks.size()) ? blocks.get(i + 1).start() : text.length());
			assertThat(links(after.strip().split("\n\n", 2)[0])).as(block.group(2))
				.filteredOn((link) -> link.endsWith(".java"))
				.anySatisfy((link) -> assertThat(ReadmeText.squeeze(Files.readString(page.resolveSibling(link))))
					.contains(withoutEnd(ReadmeText.squeeze(block.group(2)))));
		}
	}

	/** A class may return from within a block that its snippet closes. */
	private static String withoutEnd(String snippet) {
		return snippet.startsWith("try (") ? snippet.substring(0, snippet.lastIndexOf('}')).trim() : snippet;
	}

	private static List<String> links(String text) {
		return LINK.matcher(text).results().map((link) -> link.group(1)).filter((link) -> !link.contains(":")).toList();
	}

	/** As GitHub makes them of headings. */
	private static Set<String> anchors(Path page) throws IOException {
		return HEADING.matcher(BLOCK.matcher(Files.readString(page)).replaceAll(""))
			.results()
			.map((heading) -> heading.group(1)
				.toLowerCase(Locale.ROOT)
				.replaceAll("\\[([^]]*)\\]\\([^)]*\\)", "$1")
				.replaceAll("[^\\p{L}\\p{N} _-]", "")
				.replace(' ', '-'))
			.collect(Collectors.toSet());
	}

}
