package io.github.udsboot.testsupport;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Has tests look often whether what they wait for is so: by default they would first look
 * after 100 ms, each time.
 */
public final class PromptAwaits implements LauncherSessionListener {

	private static final Duration INTERVAL = Duration.ofMillis(5);

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		Awaitility.setDefaultPollDelay(Duration.ZERO);
		Awaitility.setDefaultPollInterval(INTERVAL);
	}

}
