package io.github.udsboot;

import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.core.task.TaskDecorator;

import io.github.udsboot.interceptor.PeerContext;
import io.github.udsboot.interceptor.PeerContextFactory;
import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.listener.UdsConnectionRefusalListener;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.stream.ItemSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where code of the application's is called. Each of these places takes whatever that
 * code throws, and gives the call its outcome; so a new place comes with a test of that
 * (docs/adr/0017).
 */
class ForeignCallsTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.github.udsboot");

	// @formatter:off
	private static final Map<Class<?>, Set<String>> PLACES = Map.ofEntries(
			Map.entry(Executor.class, Set.of("ApplicationExecutor", "BoundedExecutor", "EventLoop", "InterruptibleExecutor", "ItemPump", "RefusalNotifier", "SureExecutor")),
			Map.entry(TaskDecorator.class, Set.of("ContextRecipient")),
			Map.entry(Flow.Publisher.class, Set.of("DefaultRequestSpec", "InboxPublisher", "PublisherSource", "ResultAdapters")),
			Map.entry(Flow.Subscriber.class, Set.of("FailedPublisher", "InboxPublisher")),
			Map.entry(Flow.Subscription.class, Set.of("PublisherSource")),
			Map.entry(ItemSource.class, Set.of("ItemPump", "ServerCall", "ServerInterceptorChain", "StreamCall", "UdsReplyCallback",
					"DefaultRequestSpec")),
			Map.entry(PeerContext.class, Set.of("ConnectionContext")),
			Map.entry(PeerContextFactory.class, Set.of("ConnectionContext")),
			Map.entry(PeerAuthorizer.class, Set.of("Admission")),
			Map.entry(UdsClientInterceptor.class, Set.of("ClientInterceptorChain")),
			Map.entry(UdsServerInterceptor.class, Set.of("ServerInterceptorChain")),
			Map.entry(UdsConnectionRefusalListener.class, Set.of("RefusalNotifier")),
			Map.entry(UdsSessionListener.class, Set.of("SessionEvents")));
	// @formatter:on

	@Test
	void codeOfTheApplicationIsCalledInTheKnownPlacesOnly() {
		PLACES.forEach((foreign, places) -> assertThat(callersOf(foreign)).as(foreign.getSimpleName())
			.containsExactlyInAnyOrderElementsOf(places));
	}

	private static Set<String> callersOf(Class<?> foreign) {
		Set<String> callers = new TreeSet<>();
		for (JavaClass type : CLASSES) {
			Stream
				.<JavaCodeUnitAccess<?>>concat(type.getMethodCallsFromSelf().stream(),
						type.getMethodReferencesFromSelf().stream())
				.filter((call) -> isForeign(call, foreign))
				.forEach((call) -> callers.add(outermost(type).getSimpleName()));
		}
		return callers;
	}

	private static boolean isForeign(JavaCodeUnitAccess<?> call, Class<?> foreign) {
		JavaClass owner = call.getTargetOwner();
		boolean declared = Stream.of(foreign.getMethods())
			.anyMatch((method) -> method.getName().equals(call.getName()) && !Modifier.isStatic(method.getModifiers()));
		return declared && (owner.isEquivalentTo(foreign)
				|| (foreign == Executor.class && owner.isEquivalentTo(ExecutorService.class)));
	}

	private static JavaClass outermost(JavaClass type) {
		return type.getEnclosingClass().map(ForeignCallsTests::outermost).orElse(type);
	}

}
