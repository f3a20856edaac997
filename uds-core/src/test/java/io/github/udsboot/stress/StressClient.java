package io.github.udsboot.stress;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.ReadUntil;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.UdsTemplateBuilder;
import io.github.udsboot.client.service.UdsServiceProxyFactory;
import io.github.udsboot.interceptor.UdsClientInterceptor;
import io.github.udsboot.interceptor.UdsClientRequest;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.raw.RawProtocol;

/**
 * One client of each of the listeners.
 */
final class StressClient implements AutoCloseable {

	/** Of exchanges that are under way at once. */
	static final int EXCHANGES = 8;

	final UdsTemplate calls;

	final UdsTemplate lines;

	final UdsTemplate raw;

	final Work typed;

	StressClient(StressServer server, RoundPlan plan) {
		UdsTemplateBuilder calls = builder(server, plan, "calls");
		if (plan.unreliable()) {
			calls.executor(new UnwillingExecutor());
		}
		if (plan.intercepted()) {
			calls.interceptor(StressClient::again);
		}
		this.calls = calls.maxConnections(plan.maxConnections())
			.maxInFlightPerConnection(plan.maxInFlight())
			.maxStreams(RoundPlan.MAX_STREAMS)
			.build();
		this.lines = builder(server, plan, "lines").protocol(new LineProtocol()).maxConnections(EXCHANGES).build();
		this.raw = builder(server, plan, "raw").protocol(new RawProtocol())
			.maxConnections(EXCHANGES)
			.readUntil(ReadUntil.EOF)
			.build();
		this.typed = UdsServiceProxyFactory.builder(this.calls).build().createClient(Work.class);
	}

	private static UdsTemplateBuilder builder(StressServer server, RoundPlan plan, String name) {
		return UdsTemplate.builder()
			.path(server.path(name))
			.name("stress-" + name)
			.transport(plan.transport())
			.busyPoll(plan.busyPoll())
			.recorder(StressServer.recorder(plan))
			.timeout(Duration.ofSeconds(30))
			.waitForServer(Duration.ofSeconds(25))
			.backoff(Duration.ofMillis(2), Duration.ofMillis(50));
	}

	/** Make a call once more that was certainly not executed. */
	private static CompletionStage<UdsClientResponse> again(UdsClientRequest request,
			UdsClientInterceptor.Chain chain) {
		return chain.proceed(request)
			.exceptionallyCompose((failure) -> (failure instanceof UdsUnavailableException) ? chain.proceed(request)
					: CompletableFuture.failedFuture(failure));
	}

	@Override
	public void close() {
		this.calls.close();
		this.lines.close();
		this.raw.close();
	}

	/** Takes nothing now and then. */
	private static final class UnwillingExecutor implements Executor {

		private final AtomicInteger count = new AtomicInteger();

		@Override
		public void execute(Runnable task) {
			if (this.count.incrementAndGet() % 10 == 0) {
				throw new RejectedExecutionException("Provoked");
			}
			ForkJoinPool.commonPool().execute(task);
		}

	}

	/** A contract of some of the routes. */
	interface Work {

		@UdsExchange("inline")
		byte[] inline(byte[] payload, @Nullable Duration timeout);

		@UdsExchange("pool")
		byte[] pool(byte[] payload, @Nullable Duration timeout);

		@UdsExchange("later")
		CompletableFuture<byte[]> later(byte[] payload, @Nullable Duration timeout);

	}

}
