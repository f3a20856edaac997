package io.github.udsboot.transport;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class UdsAddressTests {

	@Test
	void relativePathIsAbsoluteForUsAndAsItWasGivenForTheKernel() {
		UdsAddress address = UdsAddress.of("run/./some.sock");
		assertThat(address.path()).isEqualTo(Path.of("run/some.sock").toAbsolutePath());
		assertThat(address.socketPath()).isEqualTo(Path.of("run/some.sock"));
		assertThat(address.toBytes()).asString(StandardCharsets.UTF_8).isEqualTo("run/some.sock");
		assertThat(address.isAbstract()).isFalse();
		assertThat(address).hasToString(Path.of("run/some.sock").toAbsolutePath().toString())
			.isEqualTo(UdsAddress.of(Path.of("run/some.sock")))
			.isEqualTo(UdsAddress.of(address.toString()))
			.hasSameHashCodeAs(UdsAddress.of(address.toString()));
		assertThat(address.quoted()).contains("'run/some.sock'", "'" + address + "'");
		assertThat(UdsAddress.of("/run/some.sock").quoted()).isEqualTo("'/run/some.sock'");
		assertThatIllegalStateException().isThrownBy(address::abstractName);
	}

	@Test
	void wayUpIsLeftToTheKernelWhichKnowsTheLinks() {
		assertThat(UdsAddress.of("/run/link/../some.sock")).hasToString("/run/link/../some.sock");
	}

	@ParameterizedTest
	@ValueSource(strings = { "unix:@demo", "unix://@demo" })
	void whatIsAFileToSomeAndAnAbstractNameToOthersIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> UdsAddress.of(text))
			.withMessageContaining("write '@demo' or 'unix-abstract:demo' for an abstract name, or 'unix:./@demo'");
		assertThat(UdsAddress.of("unix:./@demo")).isEqualTo(UdsAddress.of(Path.of("@demo")));
	}

	@ParameterizedTest
	@CsvSource({ "unix:///run/a.sock, /run/a.sock", "unix:/run/a.sock, /run/a.sock", "UNIX:///run/a.sock, /run/a.sock",
			"unix:////run//a.sock, /run/a.sock", "unix:///run/a%20b?c#d, /run/a%20b?c#d", "/run/tcp://x, /run/tcp:/x",
			"/run/~/x, /run/~/x", "unix:///~/x, /~/x" })
	void pathMayBeWrittenAsAUri(String text, String path) {
		assertThat(UdsAddress.of(text)).hasToString(path);
	}

	@ParameterizedTest
	@CsvSource({ "unix:run/a.sock, run/a.sock", "unix:a.sock, a.sock", "./unix:a, unix:a", "./~/a, ~/a", "./@a, @a",
			"unix:./tcp://a, tcp:/a", "a~b, a~b", "~b, ~b", "$a, $a", "./abns@a, abns@a", "a b, a b", "c:, c:",
			"x/y:z, x/y:z" })
	void relativePathMayHaveAnyName(String text, String path) {
		UdsAddress address = UdsAddress.of(text);
		assertThat(address.socketPath()).isEqualTo(Path.of(path));
		assertThat(UdsAddress.of(address.path())).isEqualTo(address);
	}

	@ParameterizedTest
	@ValueSource(strings = { "@a/b", "unix-abstract:a/b" })
	void abstractNameIsExact(String text) {
		UdsAddress address = UdsAddress.of(text);
		assertThat(address.isAbstract()).isTrue();
		assertThat(address.isPadded()).isFalse();
		assertThat(address.abstractName()).isEqualTo("a/b");
		assertThat(address.toBytes()).containsExactly(0, 'a', '/', 'b');
		assertThat(address).hasToString("@a/b").isNotEqualTo(UdsAddress.of("@b")).isEqualTo(UdsAddress.of("@a/b"));
		assertThat(address.quoted()).isEqualTo("'@a/b'");
		assertThatIllegalStateException().isThrownBy(address::path);
		assertThatIllegalStateException().isThrownBy(address::socketPath);
	}

	@Test
	void paddedNameFillsTheAddress() {
		UdsAddress address = UdsAddress.of("unix-abstract-padded:a/b");
		assertThat(address.isAbstract()).isTrue();
		assertThat(address.isPadded()).isTrue();
		assertThat(address.abstractName()).isEqualTo("a/b");
		assertThat(address.toBytes()).isEqualTo(Arrays.copyOf("\0a/b".getBytes(StandardCharsets.UTF_8), 108));
		assertThat(address).hasToString("unix-abstract-padded:a/b")
			.isEqualTo(UdsAddress.of(address.toString()))
			.isNotEqualTo(UdsAddress.of("@a/b"));
		assertThat(address.otherForm()).isEqualTo(UdsAddress.of("@a/b"));
		assertThat(address.otherForm().otherForm()).isEqualTo(address);
	}

	@Test
	void nameThatFillsTheAddressHasOneForm() {
		String name = "é".repeat(53) + "x";
		assertThat(UdsAddress.of("unix-abstract-padded:" + name)).isEqualTo(UdsAddress.of("@" + name));
		for (String form : new String[] { "@", "unix-abstract:", "unix-abstract-padded:" }) {
			assertThatIllegalArgumentException().isThrownBy(() -> UdsAddress.of(form + name + "x"))
				.withMessageContaining("108 bytes")
				.withMessageContaining("107");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "@", "unix:", "unix://", "unix-abstract:", "unix-abstract-padded:", "/run/a\0b",
			"@a\0b", "unix-abstract:\0a", "/run/..", "run/.", ".", "..", " /run/a", "/run/a ", "unix: a", "/run/a\n" })
	void textThatIsNoAddressIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> UdsAddress.of(text))
			.withMessageStartingWith("'" + text.replace("\0", "\\0") + "' is no socket path: ");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			unix://run/a.sock                 | 'unix:///run/a.sock' for an absolute path, or 'unix:run/a.sock'
			unix://localhost/run/a.sock       | 'unix:///localhost/run/a.sock'
			unix-abstract://a                 | 'unix-abstract:a'
			tcp://localhost:80                | 'tcp:'
			file:///run/a.sock                | 'file:'
			file:/run/a.sock                  | './file:/run/a.sock'
			npipe:////./pipe/a                | 'npipe:'
			http://localhost                  | 'http:'
			unix:tcp://localhost:80           | 'tcp:'
			unix:unix:///run/a.sock           | directory named 'unix:'
			tcp:80                            | './tcp:80'
			~/a.sock                          | '${user.home}/a.sock'
			unix:~/a.sock                     | '${user.home}/a.sock'
			~                                 | '~'
			~root/a.sock                      | Write the directory out
			$HOME/a.sock                      | '$HOME'
			%t/a.sock                         | '%t'
			abns@a                            | 'unix-abstract-padded:a'
			abnsz@a                           | 'unix-abstract:a'
			unix@/run/a.sock                  | 'unix:/run/a.sock'
			""")
	void whatWasMeantForAnotherProgramOrAShellIsRefusedWithWhatToWrite(String text, String hint) {
		assertThatIllegalArgumentException().isThrownBy(() -> UdsAddress.of(text)).withMessageContaining(hint);
	}

	@Test
	void quotationMarksThatAnEnvFileKeepsAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> UdsAddress.of("\"/run/a.sock\""))
			.withMessageContaining("quotation mark");
	}

	@ParameterizedTest
	@ValueSource(strings = { "unix:///run/a.sock", "unix:a", "~/a", "tcp://a" })
	void pathThatWasAnotherFormOfAddressIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> UdsAddress.of(Path.of(text)))
			.withMessageContaining("is no socket path");
	}

	@Test
	void absolutePathIsTakenAsItIs() {
		assertThat(UdsAddress.of(Path.of("/unix:/~/a"))).hasToString("/unix:/~/a");
		assertThat(UdsAddress.of(Path.of("@a"))).isEqualTo(UdsAddress.of("./@a"));
	}

}
