package io.github.udsboot.config;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import reactor.core.publisher.Flux;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.stream.ItemSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers in transactions, with Spring's proxies around them.
 */
@ExtendWith(OutputCaptureExtension.class)
class TransactionalHandlerTests {

	private static final String WARNING = "the transaction ends before the items are read";

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void whatAValueIsMadeOfIsReadInTheTransaction() {
		start(OnMethods.class);
		assertThat(AopUtils.isCglibProxy(this.context.getBean(OnMethods.class))).isTrue();
		assertThat(call("list")).containsExactly("[true,true]");
	}

	@Test
	void itemsOfAStreamAreNotAndAWarningSaysSoAtStart(CapturedOutput output) {
		start(OnMethods.class);
		assertThat(output).containsOnlyOnce(WARNING)
			.contains("Handler " + OnMethods.class.getName() + ".stream() returns a Stream and is @Transactional")
			.contains("Return a List");
		assertThat(call("stream")).containsExactly("false", "false");
	}

	@Test
	void pagesReadWithATransactionTemplateAreReadInTransactions(CapturedOutput output) {
		start(Pages.class);
		assertThat(output).doesNotContain(WARNING);
		assertThat(call("pages")).containsExactly("true", "true", "true", "true");
	}

	@ParameterizedTest
	@ValueSource(classes = { OnClass.class, OfAnInterface.class, Jakarta.class, Iterators.class, Iterables.class,
			IntStreams.class })
	void warningIsForWhateverIsReadLater(Class<?> handlers, CapturedOutput output) {
		start(handlers);
		assertThat(output).containsOnlyOnce(WARNING);
	}

	@ParameterizedTest
	@ValueSource(classes = { NotSupported.class, Reactive.class, NotTransactional.class })
	void warningIsNotForWhatHasNoTransactionOrOneThatLasts(Class<?> handlers, CapturedOutput output) {
		start(handlers);
		assertThat(output).doesNotContain(WARNING);
	}

	private void start(Class<?> handlers) {
		this.context.registerBean(HandlerRegistry.class, (Supplier<HandlerRegistry>) HandlerRegistry::new);
		this.context.registerBean(UdsHandlerMethodProcessor.class);
		this.context.register(Transactions.class, TransactionManager.class, handlers);
		this.context.refresh();
	}

	private List<String> call(String route) {
		List<String> items = new ArrayList<>();
		PeerCredentials peer = new PeerCredentials(() -> "ada", null, null, null, null);
		this.context.getBean(HandlerRegistry.class)
			.routerFor("default")
			.find(route)
			.handler()
			.handle(new UdsRequest(route, new byte[0], Map.of(), peer, UdsRequest.NO_DEADLINE), Map.of(),
					new UdsReplyCallback() {

						@Override
						public void reply(UdsReply reply) {
							items.add(new String(reply.payload()));
						}

						@Override
						public void stream(ItemSource source, Function<Throwable, UdsReply> failures) {
							while (source.hasNext()) {
								items.add(new String(source.next()));
							}
							source.close();
						}

					});
		return items;
	}

	private static Stream<Boolean> rows() {
		return Stream.generate(TransactionSynchronizationManager::isActualTransactionActive).limit(2);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
	static class Transactions {

	}

	static class TransactionManager extends AbstractPlatformTransactionManager {

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

	static class OnMethods {

		@UdsHandler("list")
		@Transactional
		List<Boolean> list() {
			return rows().toList();
		}

		@UdsHandler("stream")
		@Transactional(readOnly = true)
		Stream<Boolean> stream() {
			return rows();
		}

	}

	static class Pages {

		private final TransactionTemplate transactions;

		Pages(TransactionManager manager) {
			this.transactions = new TransactionTemplate(manager);
		}

		@UdsHandler("pages")
		Stream<Boolean> pages() {
			return Stream.of(0, 1).flatMap((page) -> this.transactions.execute((status) -> rows().toList()).stream());
		}

	}

	@Transactional
	static class OnClass {

		@UdsHandler("stream")
		Stream<Boolean> stream() {
			return rows();
		}

	}

	interface Contract {

		@Transactional
		Stream<Boolean> stream();

	}

	static class OfAnInterface implements Contract {

		@Override
		@UdsHandler("stream")
		public Stream<Boolean> stream() {
			return rows();
		}

	}

	static class Jakarta {

		@UdsHandler("stream")
		@jakarta.transaction.Transactional
		Stream<Boolean> stream() {
			return rows();
		}

	}

	static class Iterators {

		@UdsHandler("stream")
		@Transactional
		Iterator<Boolean> stream() {
			return rows().iterator();
		}

	}

	static class Iterables {

		@UdsHandler("stream")
		@Transactional
		Iterable<Boolean> stream() {
			return () -> rows().iterator();
		}

	}

	static class IntStreams {

		@UdsHandler("stream")
		@Transactional
		IntStream stream() {
			return IntStream.range(0, 2);
		}

	}

	@Transactional
	static class NotSupported {

		@UdsHandler("stream")
		@Transactional(propagation = Propagation.NOT_SUPPORTED)
		Stream<Boolean> stream() {
			return rows();
		}

		@UdsHandler("list")
		List<Boolean> list() {
			return rows().toList();
		}

	}

	static class Reactive {

		@UdsHandler("stream")
		@Transactional
		Flux<Boolean> stream() {
			return Flux.fromStream(TransactionalHandlerTests::rows);
		}

	}

	static class NotTransactional {

		@UdsHandler("stream")
		Stream<Boolean> stream() {
			return rows();
		}

	}

}
