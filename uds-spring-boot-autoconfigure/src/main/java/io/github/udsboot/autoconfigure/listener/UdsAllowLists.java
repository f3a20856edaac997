package io.github.udsboot.autoconfigure.listener;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

import io.github.udsboot.autoconfigure.UdsListenerProperties;
import io.github.udsboot.autoconfigure.UdsProperties;
import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.autoconfigure.socket.SocketNames;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.security.PeerAuthorizer;

/**
 * The allow-lists of all configured listeners, which an application can have read again
 * while they run. Thread-safe.
 */
public final class UdsAllowLists {

	private final Environment environment;

	/** Guarded by the monitor. */
	private final List<Managed> listeners = new ArrayList<>();

	UdsAllowLists(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Take note of a listener.
	 * @param container the listener
	 * @param values reports what cannot be accepted of its properties
	 * @param listed the authorizer that its properties have come to, {@code null} if the
	 * application decides
	 */
	synchronized void add(UdsListenerContainer container, ConfiguredValues values, @Nullable PeerAuthorizer listed) {
		this.listeners.add(new Managed(container, values, listed));
	}

	/**
	 * Read {@code allowed-users} and {@code allowed-groups} of all listeners from the
	 * environment as it is now, look their names up again, and let them decide at once.
	 * Open connections of peers that are not allowed any more are soon closed. A list
	 * that is new or gone counts as it would at a start; a listener that is gone from the
	 * environment keeps its list. Listeners for which a {@link PeerAuthorizer} of the
	 * application decides are left alone, as are those that the application has created.
	 * @throws InvalidConfigurationPropertyValueException if a name is unknown or a list
	 * is empty, and so a start would fail; nothing has changed then
	 * @throws BindException if a property of a listener cannot be bound; nothing has
	 * changed then
	 */
	public synchronized void refresh() {
		Map<Managed, PeerAuthorizer> changes = new LinkedHashMap<>();
		Map<String, UdsListenerProperties> properties = bind();
		for (Managed listener : this.listeners) {
			UdsListenerProperties found = properties.get(listener.container.getOptions().getName());
			if (found != null) {
				changes.put(listener, listener.map(found));
			}
		}
		changes.forEach(Managed::change);
	}

	private Map<String, UdsListenerProperties> bind() {
		Binder binder = Binder.get(this.environment);
		Map<String, UdsListenerProperties> properties = new LinkedHashMap<>(SocketNames.distinct(
				binder.bind(ListenerContainers.NAMED_PREFIX, Bindable.mapOf(String.class, UdsProperties.Listener.class))
					.orElseGet(Map::of)));
		properties.put(SocketNames.DEFAULT, binder.bind(ListenerContainers.DEFAULT_PREFIX, UdsListenerProperties.class)
			.orElseGet(UdsListenerProperties::new));
		return properties;
	}

	/**
	 * A listener and its list.
	 */
	private static final class Managed {

		private final UdsListenerContainer container;

		private final ConfiguredValues values;

		/** {@code null} if the application decides. */
		private @Nullable PeerAuthorizer listed;

		Managed(UdsListenerContainer container, ConfiguredValues values, @Nullable PeerAuthorizer listed) {
			this.container = container;
			this.values = values;
			this.listed = listed;
		}

		PeerAuthorizer map(UdsListenerProperties properties) {
			PeerAuthorizer authorizer = AllowLists.map(properties, this.values);
			return (authorizer != null) ? authorizer : AllowLists.withoutList(this.container.getOptions().getAddress());
		}

		void change(PeerAuthorizer authorizer) {
			// unless the application has set another one
			if (this.listed != null && this.container.getOptions().getAuthorizer() == this.listed) {
				this.container.setAuthorizer(authorizer);
				this.listed = authorizer;
			}
		}

	}

}
