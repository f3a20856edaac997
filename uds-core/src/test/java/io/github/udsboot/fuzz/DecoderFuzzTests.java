package io.github.udsboot.fuzz;

import java.io.IOException;
import java.util.Set;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * A short pass over everything that takes bytes of a peer; {@link LongFuzz} goes on.
 */
@Timeout(120)
class DecoderFuzzTests {

	/**
	 * Of each target: fixed, as the seed is, so that the build does the same each time.
	 */
	private static final int INPUTS = 5_000;

	private static final long SEED = 20_261_130;

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.udsboot");

	private Level level;

	static Set<String> targets() {
		return FuzzTargets.names();
	}

	@BeforeEach
	void refuseInSilence() {
		this.level = this.logger.getLevel();
		this.logger.setLevel(Level.OFF);
	}

	@AfterEach
	void speak() {
		this.logger.setLevel(this.level);
	}

	@ParameterizedTest
	@MethodSource("targets")
	void everyInputOfTheCorpusIsReadAsItMustBe(String name) throws IOException {
		FuzzTarget target = FuzzTargets.named(name);
		for (byte[] input : Corpus.all(name)) {
			FuzzInput.tryOn(target, input);
		}
	}

	@ParameterizedTest
	@MethodSource("targets")
	void inputsMadeOfTheCorpusAreReadAsTheyMustBe(String name) throws IOException {
		FuzzTarget target = FuzzTargets.named(name);
		Mutator mutator = new Mutator(Corpus.all(name), SEED);
		for (int i = 0; i < INPUTS; i++) {
			FuzzInput.tryOn(target, mutator.next());
		}
	}

}
