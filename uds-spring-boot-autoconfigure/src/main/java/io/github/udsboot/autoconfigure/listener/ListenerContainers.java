package io.github.udsboot.autoconfigure.listener;

import java.util.concurrent.Executor;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;

import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.autoconfigure.CallRecorders;
import io.github.udsboot.autoconfigure.Protocols;
import io.github.udsboot.autoconfigure.UdsListenerProperties;
import io.github.udsboot.autoconfigure.UdsProperties;
import io.github.udsboot.autoconfigure.UdsSocketProperties;
import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.autoconfigure.socket.SocketNames;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.interceptor.PeerContextFactory;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.listener.UdsConnectionRefusalListener;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.security.PeerAuthorizer;

/**
 * Creates the containers of the configured listeners.
 */
final class ListenerContainers {

	/** The name of the bean of this type. */
	static final String BEAN_NAME = "udsListenerContainers";

	/** The prefix of the properties of the default listener. */
	static final String DEFAULT_PREFIX = "uds.listener";

	/** The prefix of the properties of named listeners. */
	static final String NAMED_PREFIX = "uds.listeners";

	private static final Log logger = GuardedLog.of(UdsListenerAutoConfiguration.class);

	private final UdsProperties properties;

	private final Protocols protocols;

	private final HandlerRegistry registry;

	private final PayloadConverter payloadConverter;

	private final CallRecorders recorders;

	private final Environment environment;

	private final PeerAuthorizers authorizers;

	private final UdsAllowLists allowLists;

	private final ObjectProvider<UdsListenerOptionsCustomizer> customizers;

	private final ObjectProvider<UdsSessionListener> sessionListeners;

	private final ObjectProvider<UdsServerInterceptor> interceptors;

	private final ObjectProvider<PeerContextFactory> peerContextFactories;

	private final ObjectProvider<UdsConnectionRefusalListener> refusalListeners;

	private final ObjectProvider<LifecycleProperties> lifecycleProperties;

	private final ObjectProvider<Executor> applicationTaskExecutor;

	ListenerContainers(UdsProperties properties, Protocols protocols, HandlerRegistry registry,
			PayloadConverter payloadConverter, CallRecorders recorders, Environment environment,
			PeerAuthorizers authorizers, UdsAllowLists allowLists,
			ObjectProvider<UdsListenerOptionsCustomizer> customizers,
			ObjectProvider<UdsSessionListener> sessionListeners, ObjectProvider<UdsServerInterceptor> interceptors,
			ObjectProvider<PeerContextFactory> peerContextFactories,
			ObjectProvider<UdsConnectionRefusalListener> refusalListeners,
			ObjectProvider<LifecycleProperties> lifecycleProperties, ObjectProvider<Executor> applicationTaskExecutor) {
		this.properties = properties;
		this.protocols = protocols;
		this.registry = registry;
		this.payloadConverter = payloadConverter;
		this.recorders = recorders;
		this.environment = environment;
		this.authorizers = authorizers;
		this.allowLists = allowLists;
		this.customizers = customizers;
		this.sessionListeners = sessionListeners;
		this.interceptors = interceptors;
		this.peerContextFactories = peerContextFactories;
		this.refusalListeners = refusalListeners;
		this.lifecycleProperties = lifecycleProperties;
		this.applicationTaskExecutor = applicationTaskExecutor;
	}

	/**
	 * Create the container of the default listener.
	 * @return a new container
	 */
	UdsListenerContainer defaultListener() {
		return create(SocketNames.DEFAULT, this.properties.getSocket(), new ConfiguredValues("uds.socket"),
				this.properties.getListener(), new ConfiguredValues(DEFAULT_PREFIX));
	}

	/**
	 * Create the container of a named listener. Called by reflection for a name that only
	 * the environment has in which an application runs that was built ahead of time.
	 * @param name the name
	 * @return a new container
	 */
	@Reflective
	UdsListenerContainer named(String name) {
		UdsProperties.Listener listener = this.properties.getListeners().get(name);
		Assert.state(listener != null, () -> "There is no listener '" + name + "'");
		ConfiguredValues values = new ConfiguredValues(NAMED_PREFIX + "." + name);
		return create(name, listener.socket(), values, listener, values);
	}

	private UdsListenerContainer create(String name, UdsSocketProperties socket, ConfiguredValues socketValues,
			UdsListenerProperties listener, ConfiguredValues listenerValues) {
		UdsListenerOptions options = new ListenerOptionsMapper(socketValues, listenerValues, this.protocols,
				this.environment)
			.map(name, socket, listener);
		LifecycleProperties lifecycle = this.lifecycleProperties.getIfAvailable(LifecycleProperties::new);
		new DrainMapper(listenerValues, this.environment, lifecycle.getTimeoutPerShutdownPhase())
			.map(listener.getDrain(), options);
		PeerAuthorizer listed = authorize(options, listener, listenerValues);
		this.customizers.orderedStream().forEach((customizer) -> customizer.customize(options));
		UdsListenerContainer container = new UdsListenerContainer(options, () -> this.registry.routerFor(name),
				this.recorders.forListener(name), this.applicationTaskExecutor.getIfAvailable());
		this.allowLists.add(container, listenerValues, listed);
		container.setPayloadConverter(this.payloadConverter);
		container.setSessionListeners(this.sessionListeners.orderedStream().toList());
		container.setInterceptors(this.interceptors.orderedStream().toList());
		container.setPeerContextFactories(this.peerContextFactories.orderedStream().toList());
		container.setRefusalListeners(this.refusalListeners.orderedStream().toList());
		return container;
	}

	/**
	 * Set who decides, and return that if it is the allow-list.
	 */
	private @Nullable PeerAuthorizer authorize(UdsListenerOptions options, UdsListenerProperties properties,
			ConfiguredValues values) {
		PeerAuthorizer own = this.authorizers.forListener(options.getName(), ListenerNames.configured(this.properties));
		if (own == null) {
			PeerAuthorizer listed = options.getAuthorizer();
			options.setAuthorizer(listed);
			return listed;
		}
		if (properties.getAllowedUsers() != null || properties.getAllowedGroups() != null) {
			logger.warn("The application's PeerAuthorizer decides who may connect; '" + values.key("allowed-users")
					+ "' and '" + values.key("allowed-groups") + "' have no effect");
		}
		options.setAuthorizer(own);
		return null;
	}

}
