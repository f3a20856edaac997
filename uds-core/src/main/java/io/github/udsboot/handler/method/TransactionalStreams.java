package io.github.udsboot.handler.method;

import java.lang.reflect.AnnotatedElement;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.BaseStream;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationAttributes;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;

/**
 * Warns of methods that return a stream from within a transaction. It ends when the
 * method returns, and the items are read after that: a stream of JPA's fails with the
 * first of them, and only with data that is not in memory yet. What publishes its items
 * has no such problem, since Spring has transactions for it that last as long.
 */
final class TransactionalStreams {

	private static final Log logger = GuardedLog.of(TransactionalStreams.class);

	/** By name, since neither library need be there; each with its propagation. */
	private static final List<Transactional> ANNOTATIONS = List.of(
			new Transactional("org.springframework.transaction.annotation.Transactional", "propagation"),
			new Transactional("jakarta.transaction.Transactional", "value"));

	private static final Set<String> NO_TRANSACTION = Set.of("NOT_SUPPORTED", "NEVER");

	private TransactionalStreams() {
	}

	/**
	 * Log a warning if a method needs one.
	 * @param method the method
	 * @param endpoint the same, with its bean
	 */
	static void check(HandlerInvocation method, UdsHandlerEndpoint endpoint) {
		Class<?> type = method.getReturnType().getParameterType();
		boolean lazy = BaseStream.class.isAssignableFrom(type) || Iterator.class.isAssignableFrom(type)
				|| type == Iterable.class;
		if (lazy && isTransactional(endpoint)) {
			logger.warn("Handler " + endpoint.describe() + " returns a"
					+ (type.getSimpleName().startsWith("I") ? "n " : " ") + type.getSimpleName()
					+ " and is @Transactional: the transaction ends before the items are read. "
					+ "Return a List, or leave the annotation out and read one page after the other within the stream, "
					+ "each with a TransactionTemplate; @Transactional(propagation = NOT_SUPPORTED) says that no "
					+ "transaction is needed");
		}
	}

	private static boolean isTransactional(UdsHandlerEndpoint endpoint) {
		Boolean onMethod = isTransactional(endpoint.method());
		if (onMethod != null) {
			return onMethod;
		}
		return Boolean.TRUE.equals(isTransactional(endpoint.beanType()));
	}

	/** Return null if the element says nothing of transactions. */
	private static @Nullable Boolean isTransactional(AnnotatedElement element) {
		for (Transactional annotation : ANNOTATIONS) {
			AnnotationAttributes attributes = AnnotatedElementUtils.findMergedAnnotationAttributes(element,
					annotation.name(), false, false);
			if (attributes != null) {
				return !NO_TRANSACTION.contains(String.valueOf(attributes.get(annotation.propagation())));
			}
		}
		return null;
	}

	/**
	 * An annotation.
	 *
	 * @param name the name of its class
	 * @param propagation the attribute that says whether there is a transaction
	 */
	private record Transactional(String name, String propagation) {

	}

}
