package io.github.udsboot.transport;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class UdsAddressTests {

	@Test
	void pathIsMadeAbsoluteAndNormal() {
		UdsAddress address = UdsAddress.of("run/../some.sock");
		assertThat(address.path()).isEqualTo(Path.of("some.sock").toAbsolutePath());
		assertThat(address.isAbstract()).isFalse();
		assertThat(address).hasToString(Path.of("some.sock").toAbsolutePath().toString())
			.isEqualTo(UdsAddress.of(Path.of("some.sock")))
			.hasSameHashCodeAs(UdsAddress.of(Path.of("some.sock")));
		assertThatIllegalStateException().isThrownBy(address::abstractName);
	}

	@Test
	void abstractNameStartsWithAnAt() {
		UdsAddress address = UdsAddress.of("@a/b");
		assertThat(address.isAbstract()).isTrue();
		assertThat(address.abstractName()).isEqualTo("a/b");
		assertThat(address).hasToString("@a/b").isNotEqualTo(UdsAddress.of("@b"));
		assertThatIllegalStateException().isThrownBy(address::path);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "@", "/run/a\0b", "@a\0b" })
	void textThatIsNoAddressIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> UdsAddress.of(text));
	}

}
