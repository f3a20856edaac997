package io.github.udsboot.client.service;

import java.lang.reflect.Type;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.messaging.Message;
import org.springframework.util.ClassUtils;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.stream.StreamTypes;

/**
 * Chooses how a method makes its call, by the return type of the method.
 */
final class ResultAdapters {

	private static final boolean REACTOR_PRESENT = ClassUtils.isPresent("reactor.core.publisher.Mono",
			ResultAdapters.class.getClassLoader());

	private final ReactiveAdapterRegistry reactiveTypes;

	private final StreamTypes streamTypes;

	ResultAdapters(ReactiveAdapterRegistry reactiveTypes) {
		this.reactiveTypes = reactiveTypes;
		this.streamTypes = new StreamTypes(reactiveTypes);
	}

	/**
	 * Return the adapter that makes the calls of a method.
	 * @param signature the method
	 * @param route the method's route
	 * @return the adapter
	 * @throws InvalidExchangeException if no call can provide the return type
	 */
	ResultAdapter adapterFor(ExchangeSignature signature, String route) {
		Class<?> type = signature.returnClass();
		if (type == Stream.class) {
			ParameterizedTypeReference<?> item = reference(signature.returnTypeArgument());
			return (request) -> request.get().stream(item);
		}
		if (type == Flow.Publisher.class) {
			return publisher(reference(signature.returnTypeArgument()));
		}
		if (type == CompletionStage.class || type == CompletableFuture.class) {
			return future(reference(signature.returnTypeArgument()));
		}
		ReactiveAdapter reactive = this.reactiveTypes.getAdapter(type);
		if (reactive != null && reactive.getReactiveType() == type) {
			return reactive(signature, reactive, route);
		}
		if (this.streamTypes.isStream(type)) {
			throw signature.invalid("it returns a stream (" + type.getSimpleName()
					+ "), which a call cannot give: return a Stream, a Flow.Publisher or a Flux");
		}
		if (reactive != null || Future.class.isAssignableFrom(type) || Message.class.isAssignableFrom(type)) {
			throw signature.invalid("it returns " + type.getName()
					+ ", which a call cannot give: return the value, an Optional or a CompletableFuture");
		}
		return (type.isPrimitive() && type != void.class) ? primitive(type, route) : value(signature);
	}

	/**
	 * Return the adapter that makes the one-way calls of a method.
	 * @param signature the method
	 * @return the adapter
	 * @throws InvalidExchangeException if the method returns something
	 */
	ResultAdapter oneWay(ExchangeSignature signature) {
		if (!signature.isVoid()) {
			throw signature.invalid("it is one way and returns something: make it void, or remove oneWay");
		}
		return (request) -> {
			request.get().send();
			return null;
		};
	}

	private static ResultAdapter value(ExchangeSignature signature) {
		Type type = signature.returnType();
		if (type == Optional.class) {
			throw signature.invalid("it returns an Optional of an unknown type: give its type argument");
		}
		ParameterizedTypeReference<?> reference = reference(type);
		return (request) -> request.get().retrieve(reference);
	}

	private static ResultAdapter primitive(Class<?> type, String route) {
		ParameterizedTypeReference<?> wrapper = reference(ClassUtils.resolvePrimitiveIfNecessary(type));
		return (request) -> {
			Object value = request.get().retrieve(wrapper);
			if (value == null) {
				throw new UdsConversionException(Status.INTERNAL,
						"The answer is empty and cannot be returned as " + type.getName(), route, null, null);
			}
			return value;
		};
	}

	private static ResultAdapter future(ParameterizedTypeReference<?> type) {
		return (request) -> request.get().retrieveAsync(type);
	}

	/** Each subscription makes a call. */
	private static <T> ResultAdapter publisher(ParameterizedTypeReference<T> type) {
		return (request) -> (Flow.Publisher<T>) (subscriber) -> request.get().publisher(type).subscribe(subscriber);
	}

	private static ResultAdapter reactive(ExchangeSignature signature, ReactiveAdapter reactive, String route) {
		if (!REACTOR_PRESENT) {
			throw signature.invalid("it returns " + signature.returnClass().getName()
					+ ", which needs Reactor: add io.projectreactor:reactor-core to the class path");
		}
		if (reactive.isMultiValue()) {
			return ReactorResults.many(reactive, reference(signature.returnTypeArgument()), route);
		}
		return ReactorResults.single(reactive,
				reference(reactive.isNoValue() ? Void.class : signature.returnTypeArgument()), route);
	}

	private static ParameterizedTypeReference<?> reference(Type type) {
		return ParameterizedTypeReference.forType(type);
	}

}
