package io.github.udsboot.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What docs/addresses.md shows.
 */
class AddressesPageTests {

	private static String page() throws IOException {
		Path directory = Path.of("").toAbsolutePath();
		while (!Files.exists(directory.resolve("docs/addresses.md"))) {
			directory = directory.getParent();
		}
		return Files.readString(directory.resolve("docs/addresses.md"));
	}

	@Test
	void everyFormOfTheFirstTableIsAnAddress() throws IOException {
		String table = page().substring(page().indexOf("| text | is |"), page().indexOf("YAML wants"));
		List<String> forms = Pattern.compile("`([^`]+)`")
			.matcher(table)
			.results()
			.map((MatchResult result) -> result.group(1))
			.toList();
		assertThat(forms).hasSize(8).allSatisfy((form) -> assertThat(UdsAddress.of(form).toString()).isNotEmpty());
	}

	@Test
	void clientsOfTheExampleHaveAnExactAndAPaddedName() throws IOException {
		Matcher yaml = Pattern.compile("^```yaml\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL).matcher(page());
		assertThat(yaml.find()).isTrue();
		PropertySource<?> values = new YamlPropertySourceLoader()
			.load("page", new ByteArrayResource(yaml.group(1).getBytes(StandardCharsets.UTF_8)))
			.get(0);
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsClientAutoConfiguration.class))
			.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(values))
			.run((context) -> {
				assertThat(address(context.getBean("exactUdsTemplate", UdsTemplate.class)).isPadded()).isFalse();
				assertThat(address(context.getBean("haproxyUdsTemplate", UdsTemplate.class)).isPadded()).isTrue();
			});
	}

	private static UdsAddress address(UdsTemplate template) {
		return template.getConnectionFactory().getAddress();
	}

}
