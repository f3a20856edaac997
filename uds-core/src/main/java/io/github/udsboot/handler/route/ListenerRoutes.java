package io.github.udsboot.handler.route;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;

/**
 * The routes of one listener while handlers are being registered.
 */
public class ListenerRoutes {

	private final String listener;

	private final Map<String, RouteTable.Entry> byShape = new LinkedHashMap<>();

	private @Nullable UdsRequestHandler defaultHandler;

	private @Nullable RouteTable table;

	public ListenerRoutes(String listener) {
		this.listener = listener;
	}

	/**
	 * Add a handler.
	 * @param pattern its route, or {@code null} for the default handler
	 * @param handler the handler
	 */
	public void add(@Nullable RoutePattern pattern, UdsRequestHandler handler) {
		if (this.table != null) {
			throw new IllegalStateException("Too late to register " + handler + " for '" + handler.route()
					+ "': the routes of listener '" + this.listener + "' are in use");
		}
		UdsRequestHandler present;
		if (pattern == null) {
			present = this.defaultHandler;
			this.defaultHandler = handler;
		}
		else {
			RouteTable.Entry entry = this.byShape.putIfAbsent(pattern.shape(), new RouteTable.Entry(pattern, handler));
			present = (entry != null) ? entry.handler() : null;
		}
		if (present != null) {
			throw new AmbiguousRouteException(this.listener, present, handler);
		}
	}

	public UdsRouter router() {
		if (this.table == null) {
			this.table = new RouteTable(this.byShape.values(), this.defaultHandler);
		}
		return this.table;
	}

}
