package io.github.udsboot.listener.admission;

import java.lang.management.ManagementFactory;
import java.util.List;

import com.sun.management.UnixOperatingSystemMXBean;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link DescriptorLimit}.
 */
class DescriptorLimitTests {

	@Test
	void isTheOneThatTheJvmHas() {
		var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		assertThat(DescriptorLimit.get()).isEqualTo(system.getMaxFileDescriptorCount());
	}

	@Test
	void isTheSoftLimit() {
		assertThat(DescriptorLimit.parse(List.of("Limit                     Soft Limit           Hard Limit    Units",
				"Max processes             7                    8             processes",
				"Max open files            1024                 524288        files")))
			.isEqualTo(1024);
	}

	@Test
	void mayBeUnlimited() {
		assertThat(DescriptorLimit.parse(List.of("Max open files            unlimited            unlimited     files")))
			.isEqualTo(Long.MAX_VALUE);
	}

	@Test
	void isNotGuessed() {
		assertThatIllegalArgumentException().isThrownBy(
				() -> DescriptorLimit.parse(List.of("Max processes             7             8     processes")));
	}

}
