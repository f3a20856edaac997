package io.github.udsboot.transport.peer;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RecentLookupsTests {

	@Test
	void resultIsKept() {
		RecentLookups<String, String> lookups = new RecentLookups<>(Duration.ofHours(1), 10, String::length);
		assertThat(lookups.get("a")).isNull();
		lookups.put("a", "1");
		assertThat(lookups.get("a")).isEqualTo("1");
		lookups.put("a", "2");
		assertThat(lookups.get("a")).isEqualTo("2");
	}

	@Test
	void resultThatIsTooOldIsNotUsed() {
		RecentLookups<String, String> lookups = new RecentLookups<>(Duration.ZERO, 10, String::length);
		lookups.put("a", "1");
		assertThat(lookups.get("a")).isNull();
	}

	@Test
	void oldestGiveWayWhenAllTogetherWeighTooMuch() {
		RecentLookups<String, String> lookups = new RecentLookups<>(Duration.ofHours(1), 10, String::length);
		lookups.put("aaaa", "1");
		lookups.put("bbbb", "2");
		lookups.put("aaaa", "3");
		lookups.put("cccc", "4");
		assertThat(lookups.get("bbbb")).as("the oldest").isNull();
		assertThat(lookups.get("aaaa")).isEqualTo("3");
		assertThat(lookups.get("cccc")).isEqualTo("4");
		lookups.put("more than is kept", "5");
		assertThat(lookups.get("more than is kept")).isNull();
		lookups.put("dddd", "6");
		assertThat(lookups.get("dddd")).as("the weight is counted back").isEqualTo("6");
	}

	@Test
	void oneOfEqualKeysIsKept() {
		RecentLookups<String, String> lookups = new RecentLookups<>(Duration.ZERO, 10, String::length);
		String first = new String("a");
		lookups.put(first, "1");
		lookups.put(new String("a"), "2");
		assertThat(lookups.intern(new String("a"))).isSameAs(first);
	}

}
