package io.github.udsboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.core.task.TaskDecorator;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.interceptor.UdsClientResponse;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Futures complete in the context of the thread that made the call.
 */
@Timeout(60)
class TaskDecoratorTests {

	private static final ThreadLocal<String> CONTEXT = new ThreadLocal<>();

	private final TestListener listener = new TestListener();

	private final Semaphore attached = new Semaphore(0);

	private UdsTemplate client;

	@BeforeEach
	void start() {
		this.listener.handle("get", (request, callback) -> {
			this.attached.acquire();
			callback.reply(UdsReply.ok(request.payload()));
		}).handle("fail", (request, callback) -> {
			this.attached.acquire();
			callback.reply(UdsReply.failed(Status.NOT_FOUND, "none"));
		}).start();
		CONTEXT.set("caller");
	}

	@AfterEach
	void stop() {
		CONTEXT.remove();
		this.attached.release();
		this.client.close();
		this.listener.close();
	}

	@Test
	void withoutADecoratorStagesHaveNoContext() throws Exception {
		this.client = this.listener.client().build();
		assertThat(contextOf("get")).isEqualTo("x in null");
	}

	@Test
	void stagesHaveTheContextOfTheCallerWhetherTheCallSucceedsOrFails() throws Exception {
		this.client = this.listener.client().taskDecorator(carrying()).build();
		assertThat(contextOf("get")).isEqualTo("x in caller");
		assertThat(contextOf("fail")).isEqualTo("failure in caller");
		assertThat(CONTEXT.get()).isEqualTo("caller");
	}

	@Test
	void nothingIsLeftOnTheThreadThatCompletes() throws Exception {
		CompletableFuture<String> after = new CompletableFuture<>();
		this.client = this.listener.client().taskDecorator(carrying()).executor((task) -> new Thread(() -> {
			task.run();
			after.complete(CONTEXT.get());
		}).start()).build();
		contextOf("get");
		assertThat(after.get()).isNull();
	}

	@Test
	void interceptorsAndStagesHaveTheContextOfTheCallerAndNotOfTheThreadThatProceeds() throws Exception {
		CompletableFuture<String> seen = new CompletableFuture<>();
		this.client = this.listener.client().taskDecorator(carrying()).interceptor((request, chain) -> {
			CompletableFuture<UdsClientResponse> response = new CompletableFuture<>();
			new Thread(() -> chain.proceed(request).thenAccept(response::complete)).start();
			return response;
		})
			.interceptor((request, chain) -> chain.proceed(request)
				.whenComplete((response, failure) -> seen.complete("" + CONTEXT.get())))
			.build();
		assertThat(contextOf("get")).isEqualTo("x in caller");
		assertThat(seen.get()).isEqualTo("null");
	}

	@Test
	void anAnswerIsConvertedOnce() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		this.client = this.listener.client().taskDecorator((task) -> () -> {
			runs.incrementAndGet();
			task.run();
		}).build();
		CompletableFuture<Integer> future = this.client.requestAsync("get", "no number", Integer.class);
		this.attached.release();
		assertThat(future).failsWithin(Callers.BOUND)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(UdsConversionException.class);
		assertThat(runs).hasValue(1);
	}

	@Test
	void aDecoratorThatFailsFailsTheFuture() {
		this.client = this.listener.client().taskDecorator((task) -> () -> {
			throw new IllegalStateException("no context");
		}).build();
		this.attached.release();
		assertThat(this.client.requestAsync("get", "x", String.class)).failsWithin(Callers.BOUND)
			.withThrowableOfType(ExecutionException.class)
			.withMessageContaining("no context");
	}

	private String contextOf(String route) throws Exception {
		CompletableFuture<String> stage = this.client.requestAsync(route, "x", String.class)
			.handle((answer, failure) -> ((failure != null) ? "failure" : answer) + " in " + CONTEXT.get());
		this.attached.release();
		return stage.get();
	}

	private static TaskDecorator carrying() {
		return (task) -> {
			String captured = CONTEXT.get();
			return () -> {
				String before = CONTEXT.get();
				CONTEXT.set(captured);
				try {
					task.run();
				}
				finally {
					CONTEXT.set(before);
				}
			};
		};
	}

}
