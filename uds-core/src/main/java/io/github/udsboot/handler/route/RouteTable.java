package io.github.udsboot.handler.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;

/**
 * Routes without variables in a map, the others by their number of segments, the most
 * specific first.
 */
final class RouteTable implements UdsRouter {

	private final Map<String, Match> plain = new HashMap<>();

	private final Map<Integer, List<Entry>> patterns = new HashMap<>();

	private final @Nullable UdsRequestHandler defaultHandler;

	RouteTable(Collection<Entry> entries, @Nullable UdsRequestHandler defaultHandler) {
		this.defaultHandler = defaultHandler;
		for (Entry entry : entries) {
			if (entry.pattern().names().isEmpty()) {
				this.plain.put(entry.handler().route(), new Match(entry.handler(), Map.of()));
			}
			else {
				this.patterns.computeIfAbsent(entry.pattern().length(), (length) -> new ArrayList<>()).add(entry);
			}
		}
		this.patterns.values().forEach((alike) -> alike.sort((a, b) -> a.pattern().compareTo(b.pattern())));
	}

	@Override
	public @Nullable Match find(String route) {
		Match match = this.plain.get(route);
		return (match != null || this.patterns.isEmpty()) ? match : findPattern(route.split("\\.", -1));
	}

	private @Nullable Match findPattern(String[] segments) {
		for (Entry entry : this.patterns.getOrDefault(segments.length, List.of())) {
			Map<String, String> variables = entry.pattern().match(segments);
			if (variables != null) {
				return new Match(entry.handler(), variables);
			}
		}
		return null;
	}

	@Override
	public @Nullable UdsRequestHandler defaultHandler() {
		return this.defaultHandler;
	}

	@Override
	public Collection<UdsRequestHandler> handlers() {
		List<UdsRequestHandler> handlers = new ArrayList<>();
		this.plain.values().forEach((match) -> handlers.add(match.handler()));
		this.patterns.values().forEach((alike) -> alike.forEach((entry) -> handlers.add(entry.handler())));
		if (this.defaultHandler != null) {
			handlers.add(this.defaultHandler);
		}
		return handlers;
	}

	@Override
	public boolean isEmpty() {
		return this.plain.isEmpty() && this.patterns.isEmpty() && this.defaultHandler == null;
	}

	/**
	 * A route and its handler.
	 *
	 * @param pattern the route
	 * @param handler the handler
	 */
	record Entry(RoutePattern pattern, UdsRequestHandler handler) {

	}

}
