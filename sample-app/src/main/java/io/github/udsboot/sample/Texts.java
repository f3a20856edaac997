package io.github.udsboot.sample;

import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import io.github.udsboot.UdsException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.annotation.UdsHandler;

/**
 * Handlers of the listener {@code text}, for use from a shell: the first word of a line
 * is the route. A peer that has asked for the clock gets a line every second from then
 * on.
 */
@Component
@UdsHandler(listener = "text")
class Texts implements UdsSessionListener {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

	private final Set<UdsSession> watchers = ConcurrentHashMap.newKeySet();

	@UdsHandler("greet")
	String greet(String name) {
		return "Hello, " + name + "!";
	}

	@UdsHandler("clock")
	String clock(UdsSession session) {
		this.watchers.add(session);
		return now();
	}

	@Scheduled(fixedRate = 1, timeUnit = TimeUnit.SECONDS)
	void tick() {
		String now = now();
		this.watchers.removeIf((watcher) -> !reached(watcher, now));
	}

	private static boolean reached(UdsSession watcher, String time) {
		try {
			watcher.send(time);
			return true;
		}
		catch (UdsException ex) {
			return false;
		}
	}

	@Override
	public void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
		this.watchers.remove(session);
	}

	private static String now() {
		return LocalTime.now(ZoneId.systemDefault()).format(TIME);
	}

}
