package io.github.udsboot.readme;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;

import io.github.udsboot.handler.UdsResultAdapter;

/* Shown in docs/handlers.md. */
@Component
class CallableResultAdapter implements UdsResultAdapter {

	private final Executor executor = ForkJoinPool.commonPool();

	@Override
	public boolean supports(MethodParameter returnType) {
		return returnType.getParameterType() == Callable.class;
	}

	@Override
	public Object adapt(Object result, MethodParameter returnType) {
		return CompletableFuture.supplyAsync(() -> call((Callable<?>) result), this.executor);
	}

	private static Object call(Callable<?> task) {
		try {
			return task.call();
		}
		catch (Exception ex) {
			throw new CompletionException(ex);
		}
	}

}
