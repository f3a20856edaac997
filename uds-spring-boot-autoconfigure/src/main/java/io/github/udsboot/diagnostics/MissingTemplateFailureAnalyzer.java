package io.github.udsboot.diagnostics;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.config.ImportUdsExchanges;

/**
 * Explains that there is no template because no property says where to connect, or no
 * client has the requested name. Takes precedence over Boot's own explanation of missing
 * beans.
 */
@Order(0)
class MissingTemplateFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

	private final Environment environment;

	MissingTemplateFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause,
			@Nullable String description) {
		if (cause.getNumberOfBeansFound() != 0 || !isTemplate(cause.getResolvableType())) {
			return null;
		}
		String component = (description != null) ? description : "A component";
		if (!this.environment.getProperty("uds.enabled", boolean.class, true)) {
			return new FailureAnalysis(
					component + " required a UdsTemplate, and Unix domain sockets are disabled by the property "
							+ "'uds.enabled'.",
					"Remove the property 'uds.enabled', or define a bean of type UdsTemplate.", cause);
		}
		List<String> clients = new ConfiguredNames(this.environment).clients();
		String qualifier = qualifier(rootFailure, cause);
		if (qualifier != null && !qualifier.equals(ImportUdsExchanges.DEFAULT_CLIENT)) {
			return new FailureAnalysis(
					component + " required the UdsTemplate of the client '" + qualifier + "', which is not configured."
							+ describe(clients, qualifier),
					"Set the property 'uds.clients." + qualifier + ".path', or correct the name in @Qualifier.", cause);
		}
		if (new ConfiguredNames(this.environment).isPrimaryClientConfigured()) {
			return (qualifier != null) ? ownTemplate(component, cause) : null;
		}
		return new FailureAnalysis(
				component + " required a UdsTemplate, and no property says where it should connect to.",
				"Set the property 'uds.socket.path' to the path of the socket, or 'uds.client.path' in an application "
						+ "that is only a client." + orQualifier(clients),
				cause);
	}

	/** Ours backs off if the application has one. */
	private static FailureAnalysis ownTemplate(String component, NoSuchBeanDefinitionException cause) {
		return new FailureAnalysis(
				component + " required the UdsTemplate with @Qualifier(\"default\"), which the application has "
						+ "replaced by a bean of its own.",
				"Put @Qualifier(\"default\") on the method that defines it, or inject it without the qualifier.",
				cause);
	}

	/** A name under which no property was recognized is found, but creates no client. */
	private static String describe(List<String> clients, String qualifier) {
		List<String> others = clients.stream().filter((client) -> !client.equals(qualifier)).toList();
		return ((others.size() < clients.size())
				? " Nothing below 'uds.clients." + qualifier + "' is a property of a client." : "")
				+ " The clients with a name are: " + (others.isEmpty() ? "none" : quoted(others, "'", "'", ", ")) + ".";
	}

	/**
	 * The qualifier of the injection point itself, not of one that waits for another
	 * bean.
	 */
	private static @Nullable String qualifier(Throwable failure, NoSuchBeanDefinitionException missing) {
		Throwable cause = failure;
		while (cause != null) {
			if (cause instanceof UnsatisfiedDependencyException unsatisfied && cause.getCause() == missing
					&& unsatisfied.getInjectionPoint() != null) {
				Qualifier qualifier = unsatisfied.getInjectionPoint().getAnnotation(Qualifier.class);
				return (qualifier != null) ? qualifier.value() : null;
			}
			cause = cause.getCause();
		}
		return null;
	}

	private static String orQualifier(List<String> clients) {
		return clients.isEmpty() ? "" : " Or say which of the clients with a name is meant: "
				+ quoted(clients, "@Qualifier(\"", "\")", " or ") + ".";
	}

	private static String quoted(List<String> names, String prefix, String suffix, String delimiter) {
		return StringUtils.collectionToDelimitedString(names, delimiter, prefix, suffix);
	}

	private static boolean isTemplate(@Nullable ResolvableType type) {
		Class<?> required = (type != null) ? type.resolve() : null;
		return required == UdsTemplate.class || required == UdsOperations.class;
	}

}
