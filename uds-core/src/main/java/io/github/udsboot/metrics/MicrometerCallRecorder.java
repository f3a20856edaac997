package io.github.udsboot.metrics;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.observation.CallRecorder;

/**
 * Times calls per route and status, as {@value #SERVER_REQUESTS} with the tag
 * {@code listener} or as {@value #CLIENT_REQUESTS} with the tag {@code client}. At most
 * {@value #MAX_ROUTES} routes have timers of their own; all further ones share the route
 * {@value #OTHER_ROUTES}, so that a caller that puts ids into routes does not fill the
 * registry. Thread-safe.
 */
public final class MicrometerCallRecorder implements CallRecorder {

	/** The name of the timer of the calls that a listener answered. */
	public static final String SERVER_REQUESTS = "uds.server.requests";

	/** The name of the timer of the calls that a client made. */
	public static final String CLIENT_REQUESTS = "uds.client.requests";

	/** How many routes have timers of their own. */
	public static final int MAX_ROUTES = 256;

	/** Stands for the routes beyond {@link #MAX_ROUTES}. */
	public static final String OTHER_ROUTES = "OTHER";

	private static final int STATUSES = Status.values().length;

	private final MeterRegistry registry;

	private final String name;

	private final String description;

	private final Tag owner;

	private final ConcurrentMap<String, RouteTimers> routes = new ConcurrentHashMap<>();

	private final RouteTimers others = new RouteTimers(OTHER_ROUTES);

	private MicrometerCallRecorder(MeterRegistry registry, String name, String description, Tag owner) {
		this.registry = registry;
		this.name = name;
		this.description = description;
		this.owner = owner;
	}

	/**
	 * Create the recorder of a listener.
	 * @param registry takes the timers
	 * @param listener the listener's name
	 * @return a new recorder
	 */
	public static MicrometerCallRecorder forListener(MeterRegistry registry, String listener) {
		return new MicrometerCallRecorder(registry, SERVER_REQUESTS, "Calls that the listener answered or refused",
				Tag.of("listener", listener));
	}

	/**
	 * Create the recorder of a client.
	 * @param registry takes the timers
	 * @param client the client's name
	 * @return a new recorder
	 */
	public static MicrometerCallRecorder forClient(MeterRegistry registry, String client) {
		return new MicrometerCallRecorder(registry, CLIENT_REQUESTS, "Calls that the client made",
				Tag.of("client", client));
	}

	@Override
	public void record(String route, Status status, long durationNanos) {
		RouteTimers timers = this.routes.get(route);
		if (timers == null) {
			timers = timersOf(route);
		}
		timers.of(status).record(durationNanos, TimeUnit.NANOSECONDS);
	}

	private RouteTimers timersOf(String route) {
		if (this.routes.size() >= MAX_ROUTES) {
			return this.others;
		}
		synchronized (this.routes) {
			if (this.routes.size() >= MAX_ROUTES) {
				return this.routes.getOrDefault(route, this.others);
			}
			return this.routes.computeIfAbsent(route, RouteTimers::new);
		}
	}

	/** The timers of one route, each created when its status first occurs. */
	private final class RouteTimers {

		private final String route;

		private final AtomicReferenceArray<@Nullable Timer> byCode = new AtomicReferenceArray<>(STATUSES);

		RouteTimers(String route) {
			this.route = route;
		}

		Timer of(Status status) {
			Timer timer = this.byCode.get(status.code());
			return (timer != null) ? timer : create(status);
		}

		private Timer create(Status status) {
			// Two concurrent threads get the same timer from the registry
			Timer timer = Timer.builder(MicrometerCallRecorder.this.name)
				.description(MicrometerCallRecorder.this.description)
				.tags(List.of(MicrometerCallRecorder.this.owner, Tag.of("route", this.route),
						Tag.of("status", status.name())))
				.register(MicrometerCallRecorder.this.registry);
			this.byCode.set(status.code(), timer);
			return timer;
		}

	}

}
