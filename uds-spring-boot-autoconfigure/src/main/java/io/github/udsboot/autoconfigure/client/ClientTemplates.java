package io.github.udsboot.autoconfigure.client;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.CompositeTaskDecorator;
import org.springframework.util.Assert;

import io.github.udsboot.autoconfigure.CallRecorders;
import io.github.udsboot.autoconfigure.Protocols;
import io.github.udsboot.autoconfigure.UdsProperties;
import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.autoconfigure.socket.InvalidSocketPropertiesException;
import io.github.udsboot.autoconfigure.socket.SocketNames;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;
import io.github.udsboot.transport.UdsTransports;

/**
 * Creates the templates of the configured clients.
 */
final class ClientTemplates {

	/** The name of the bean of this type. */
	static final String BEAN_NAME = "udsClientTemplates";

	/** The prefix of the properties of named clients. */
	static final String NAMED_PREFIX = "uds.clients";

	private final UdsProperties properties;

	private final Protocols protocols;

	private final PayloadConverter payloadConverter;

	private final CallRecorders recorders;

	private final ObjectProvider<UdsClientInterceptor> interceptors;

	private final ObjectProvider<TaskDecorator> taskDecorators;

	private final ObjectProvider<UdsTemplateBuilderCustomizer> customizers;

	ClientTemplates(UdsProperties properties, Protocols protocols, PayloadConverter payloadConverter,
			CallRecorders recorders, ObjectProvider<UdsClientInterceptor> interceptors,
			ObjectProvider<TaskDecorator> taskDecorators, ObjectProvider<UdsTemplateBuilderCustomizer> customizers) {
		this.properties = properties;
		this.protocols = protocols;
		this.payloadConverter = payloadConverter;
		this.recorders = recorders;
		this.interceptors = interceptors;
		this.taskDecorators = taskDecorators;
		this.customizers = customizers;
	}

	/**
	 * Create the template of the primary client.
	 * @param connectionDetails provides the address to connect to
	 * @return a new template
	 */
	UdsTemplate primary(UdsConnectionDetails connectionDetails) {
		TemplateBuilderMapper mapper = new TemplateBuilderMapper(new ConfiguredValues("uds.socket"),
				new ConfiguredValues("uds.client"), this.protocols);
		TransportType transport = this.properties.getSocket().getTransport();
		return build(SocketNames.DEFAULT, mapper.map(SocketNames.DEFAULT, address(connectionDetails, transport),
				transport, this.properties.getClient()));
	}

	/**
	 * Create the template of a named client. Called by reflection for a name that only
	 * the environment has in which an application runs that was built ahead of time.
	 * @param name the name
	 * @return a new template
	 */
	@Reflective
	UdsTemplate named(String name) {
		UdsProperties.Client client = this.properties.getClients().get(name);
		Assert.state(client != null, () -> "There is no client '" + name + "'");
		ConfiguredValues values = new ConfiguredValues(NAMED_PREFIX + "." + name);
		String path = client.getPath();
		if (path == null) {
			throw InvalidSocketPropertiesException.missingPath(values.key("path"));
		}
		TransportType transport = client.getTransport();
		UdsAddress address = values.convert("path", path, (text) -> address(text, transport));
		return build(name,
				new TemplateBuilderMapper(values, values, this.protocols).map(name, address, transport, client));
	}

	private UdsTemplate build(String name, UdsTemplateBuilder builder) {
		builder.converter(this.payloadConverter);
		builder.recorder(this.recorders.forClient(name));
		builder.taskDecorator(taskDecorator());
		this.interceptors.orderedStream().forEach(builder::interceptor);
		this.customizers.orderedStream().forEach((customizer) -> customizer.customize(name, builder));
		return builder.build();
	}

	/** Combines all decorators, as on the executors that Boot creates. */
	private @Nullable TaskDecorator taskDecorator() {
		List<TaskDecorator> decorators = this.taskDecorators.orderedStream().toList();
		return switch (decorators.size()) {
			case 0 -> null;
			case 1 -> decorators.get(0);
			default -> new CompositeTaskDecorator(decorators);
		};
	}

	private static UdsAddress address(UdsConnectionDetails details, TransportType transport) {
		if (details instanceof PropertiesUdsConnectionDetails properties) {
			String property = properties.getPropertyName();
			int lastDot = property.lastIndexOf('.');
			return new ConfiguredValues(property.substring(0, lastDot)).convert(property.substring(lastDot + 1),
					properties.getPath(), (text) -> address(text, transport));
		}
		return address(details.getPath(), transport);
	}

	private static UdsAddress address(String text, TransportType transport) {
		return UdsTransports.checkLength(transport, UdsAddress.of(text));
	}

}
