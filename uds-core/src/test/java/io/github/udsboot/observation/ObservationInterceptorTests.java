package io.github.udsboot.observation;

import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.stream.ItemSource;
import io.github.udsboot.stream.ItemSources;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls are observed on both sides, and what an observation is part of travels with them.
 */
@Timeout(60)
class ObservationInterceptorTests {

	private final TestObservationRegistry registry = TestObservationRegistry.create();

	private final Queue<String> traces = new ConcurrentLinkedQueue<>();

	private final CountDownLatch more = new CountDownLatch(1);

	private final TestListener listener = new TestListener();

	private UdsTemplate client;

	@AfterEach
	void stop() {
		this.client.close();
		this.listener.close();
	}

	private void start() {
		start(this.registry);
	}

	private void start(ObservationRegistry registry) {
		this.listener.interceptor(new ObservationServerInterceptor(registry, null)).start();
		this.client = this.listener.client()
			.name("orders")
			.interceptor(new ObservationClientInterceptor(registry, null))
			.build();
	}

	@ParameterizedTest
	@EnumSource(names = { "INLINE", "POOL" })
	void bothSidesTellWhatWasCalledAndHowItEnded(Execution execution) {
		this.listener.handle("orders.get", execution, (request, callback) -> callback.reply(UdsReply.ok(new byte[0])));
		start();
		this.client.request("orders.get", "x", String.class);
		awaitServer();
		observed().hasObservationWithNameEqualTo("uds.client")
			.that()
			.hasContextualNameEqualTo("orders.get")
			.hasLowCardinalityKeyValue("network.transport", "unix")
			.hasLowCardinalityKeyValue("rpc.system", "uds")
			.hasLowCardinalityKeyValue("rpc.method", "orders.get")
			.hasLowCardinalityKeyValue("rpc.response.status_code", "OK")
			.hasLowCardinalityKeyValue("uds.client", "orders")
			.doesNotHaveError()
			.hasBeenStarted()
			.hasBeenStopped();
		observed().hasObservationWithNameEqualTo("uds.server")
			.that()
			.hasContextualNameEqualTo("orders.get")
			.hasLowCardinalityKeyValue("rpc.method", "orders.get")
			.hasLowCardinalityKeyValue("rpc.response.status_code", "OK")
			.hasLowCardinalityKeyValue("uds.listener", "test")
			.hasHighCardinalityKeyValueWithKey("uds.peer.uid")
			.hasHighCardinalityKeyValue("uds.peer.pid", KeyValue.NONE_VALUE)
			.doesNotHaveError()
			.hasBeenStopped();
	}

	@Test
	void faultsOfTheServerAreErrorsOnBothSides() {
		this.listener.handle("fail", (request, callback) -> callback.reply(UdsReply.failed(Status.INTERNAL, "broken")));
		start();
		assertThatExceptionOfType(UdsRemoteException.class)
			.isThrownBy(() -> this.client.request("fail", "x", String.class));
		awaitServer();
		observed().hasObservationWithNameEqualTo("uds.client")
			.that()
			.hasLowCardinalityKeyValue("rpc.response.status_code", "INTERNAL")
			.hasError()
			.hasBeenStopped();
		observed().hasObservationWithNameEqualTo("uds.server")
			.that()
			.hasLowCardinalityKeyValue("rpc.response.status_code", "INTERNAL")
			.hasError();
	}

	@Test
	void faultsOfTheCallerAreErrorsOnItsSideOnly() {
		this.listener.handle("fail", (request, callback) -> callback.reply(UdsReply.failed(Status.NOT_FOUND, "none")));
		start();
		CompletableFuture<String> answer = this.client.requestAsync("fail", "x", String.class);
		assertThatExceptionOfType(Exception.class).isThrownBy(answer::get);
		awaitServer();
		observed().hasObservationWithNameEqualTo("uds.client")
			.that()
			.hasLowCardinalityKeyValue("rpc.response.status_code", "NOT_FOUND")
			.hasError();
		observed().hasObservationWithNameEqualTo("uds.server")
			.that()
			.hasLowCardinalityKeyValue("rpc.response.status_code", "NOT_FOUND")
			.doesNotHaveError();
	}

	@ParameterizedTest
	@EnumSource(names = { "INLINE", "POOL" })
	void theTraceTravelsInTheMetadataAndTheHandlerIsInTheScopeOfItsObservation(Execution execution) {
		this.registry.observationConfig().observationHandler(new Sender()).observationHandler(new Receiver());
		this.listener.handle("get", execution, (request, callback) -> {
			Observation current = this.registry.getCurrentObservation();
			callback.reply(UdsReply.ok(current.getContextView().getName().getBytes()));
		});
		start();
		Observation parent = Observation.start("parent", this.registry);
		String name = parent.scoped(() -> this.client.request("get", "x", String.class));
		parent.stop();
		assertThat(name).isEqualTo("uds.server");
		assertThat(this.traces).containsExactly("00-parent-01");
		awaitServer();
		observed().hasObservationWithNameEqualTo("uds.client").that().hasParentObservationEqualTo(parent);
		assertThat(this.registry.getCurrentObservation()).isNull();
	}

	@Test
	void anObservationLastsUntilAnAsynchronousHandlerHasReplied() {
		CompletableFuture<Runnable> pending = new CompletableFuture<>();
		this.listener.handle("later",
				(request, callback) -> pending.complete(() -> callback.reply(UdsReply.ok(request.payload()))));
		start();
		CompletableFuture<String> answer = this.client.requestAsync("later", "x", String.class);
		Runnable reply = pending.join();
		observed().hasObservationWithNameEqualTo("uds.server").that().isNotStopped();
		observed().hasObservationWithNameEqualTo("uds.client").that().isNotStopped();
		reply.run();
		assertThat(answer.join()).isEqualTo("x");
		awaitServer();
		observed().hasObservationWithNameEqualTo("uds.client").that().hasBeenStopped();
	}

	@Test
	void theObservationOfAStreamLastsUntilItsEnd() {
		this.listener.handle("words", (request, callback) -> callback.stream(words("a", "b"), this::failed));
		start();
		try (Stream<String> words = this.client.stream("words", null, String.class)) {
			Iterator<String> iterator = words.iterator();
			assertThat(iterator.next()).isEqualTo("a");
			observed().hasObservationWithNameEqualTo("uds.client").that().isNotStopped();
			this.more.countDown();
			assertThat(iterator.next()).isEqualTo("b");
			assertThat(iterator.hasNext()).isFalse();
		}
		observed().hasObservationWithNameEqualTo("uds.client")
			.that()
			.hasContextualNameEqualTo("words")
			.hasLowCardinalityKeyValue("rpc.response.status_code", "OK")
			.doesNotHaveError()
			.hasBeenStopped();
		assertThat(this.registry.getCurrentObservation()).isNull();
	}

	@Test
	void theObservationOfAStreamHasTheStatusOfItsEnd() {
		this.more.countDown();
		this.listener.handle("words", (request, callback) -> callback.stream(words("a", "fail"), this::failed));
		start();
		assertThatExceptionOfType(UdsRemoteException.class).isThrownBy(() -> {
			try (Stream<String> words = this.client.stream("words", null, String.class)) {
				words.toList();
			}
		});
		observed().hasObservationWithNameEqualTo("uds.client")
			.that()
			.hasLowCardinalityKeyValue("rpc.response.status_code", "DATA_LOSS")
			.hasError()
			.hasBeenStopped();
	}

	@Test
	void aStreamThatItsCallerEndsIsObservedAsCancelled() {
		this.listener.handle("words", (request, callback) -> callback.stream(words("a", "b"), this::failed));
		start();
		try (Stream<String> words = this.client.stream("words", null, String.class)) {
			assertThat(words.findFirst()).contains("a");
		}
		Awaitility.await()
			.untilAsserted(() -> observed().hasObservationWithNameEqualTo("uds.client").that().hasBeenStopped());
		observed().hasObservationWithNameEqualTo("uds.client")
			.that()
			.hasLowCardinalityKeyValue("rpc.response.status_code", "CANCELLED");
	}

	/** The second word comes when the test wants it to. */
	private ItemSource words(String first, String second) {
		return ItemSources.of(Stream.of(first, second), (word) -> {
			if (word == second) {
				awaitMore();
			}
			if (word.equals("fail")) {
				throw new IllegalStateException("broken");
			}
			return word.toString().getBytes();
		});
	}

	private void awaitMore() {
		try {
			this.more.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private UdsReply failed(Throwable failure) {
		return UdsReply.failed(Status.DATA_LOSS, failure.getMessage());
	}

	@Test
	void aRegistryThatDoesNothingAddsNothing() {
		this.listener.handle("get", (request, callback) -> {
			this.traces.add(request.metadata().toString());
			callback.reply(UdsReply.ok(request.payload()));
		});
		start(ObservationRegistry.NOOP);
		assertThat(this.client.request("get", "x", String.class)).isEqualTo("x");
		assertThat(this.traces).containsExactly("{}");
	}

	@Test
	void aConventionOfTheApplicationIsUsed() {
		UdsServerObservationConvention server = new DefaultUdsServerObservationConvention() {

			@Override
			public String getName() {
				return "own.server";
			}

		};
		UdsClientObservationConvention client = new DefaultUdsClientObservationConvention() {

			@Override
			public String getName() {
				return "own.client";
			}

		};
		this.listener.interceptor(new ObservationServerInterceptor(this.registry, server)).start();
		this.client = this.listener.client()
			.interceptor(new ObservationClientInterceptor(this.registry, client))
			.build();
		this.client.request("echo", "x", String.class);
		Awaitility.await()
			.untilAsserted(() -> observed().hasObservationWithNameEqualTo("own.server").that().hasBeenStopped());
		observed().hasObservationWithNameEqualTo("own.client").that().hasBeenStopped();
	}

	private TestObservationRegistryAssert observed() {
		return TestObservationRegistryAssert.assertThat(this.registry);
	}

	/** The server may stop its observation a little after the answer has arrived. */
	private void awaitServer() {
		Awaitility.await()
			.untilAsserted(() -> observed().hasObservationWithNameEqualTo("uds.server").that().hasBeenStopped());
	}

	/** Does what a tracer does before a call. */
	private static final class Sender implements ObservationHandler<SenderContext<Object>> {

		@Override
		public void onStart(SenderContext<Object> context) {
			context.getSetter().set(context.getCarrier(), "traceparent", "00-parent-01");
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof SenderContext<?>;
		}

	}

	/** Does what a tracer does when a call comes. */
	private final class Receiver implements ObservationHandler<ReceiverContext<Object>> {

		@Override
		public void onStart(ReceiverContext<Object> context) {
			ObservationInterceptorTests.this.traces.add(context.getGetter().get(context.getCarrier(), "traceparent"));
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof ReceiverContext<?>;
		}

	}

}
