package io.github.udsboot.handler.method;

import java.util.List;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ResolvableType;

import io.github.udsboot.handler.UdsResultAdapter;
import io.github.udsboot.handler.UdsResultPostProcessor;
import io.github.udsboot.stream.ItemSources;
import io.github.udsboot.stream.StreamTypes;

/**
 * What becomes of the value that a method returns, as far as its type says it before the
 * first call.
 */
final class ReturnedValue {

	private final MethodParameter type;

	private final @Nullable UdsResultAdapter adapter;

	/** Of a reactive type with one value, {@code null} for any other. */
	private final @Nullable ReactiveAdapter single;

	private final boolean nothing;

	private final boolean stream;

	/** Empty unless the value may be of a reactive type. */
	private final UdsResultPostProcessor[] postProcessors;

	/**
	 * Look at the return type of a method.
	 * @param method the method
	 * @param adapters the adapters of the application, in their order
	 * @param postProcessors change reactive values, in their order
	 */
	ReturnedValue(HandlerInvocation method, List<UdsResultAdapter> adapters,
			List<UdsResultPostProcessor> postProcessors) {
		this.type = method.getReturnType();
		Class<?> declared = this.type.getParameterType();
		this.adapter = (declared == void.class) ? null
				: adapters.stream().filter((each) -> each.supports(this.type)).findFirst().orElse(null);
		ReactiveAdapter reactive = StreamTypes.shared().singleValueAdapter(declared);
		this.single = (this.adapter == null && !method.isSuspending()) ? reactive : null;
		this.nothing = this.adapter == null && isNothing(this.type, reactive);
		this.stream = this.adapter == null && StreamTypes.shared().isStream(declared);
		this.postProcessors = (this.adapter != null || method.isSuspending()
				|| StreamTypes.shared().isReactive(declared)) ? postProcessors.toArray(UdsResultPostProcessor[]::new)
						: new UdsResultPostProcessor[0];
	}

	private static boolean isNothing(MethodParameter returnType, @Nullable ReactiveAdapter reactive) {
		ResolvableType type = ResolvableType.forMethodParameter(returnType);
		if (CompletionStage.class.isAssignableFrom(type.toClass())) {
			return isNothing(type.as(CompletionStage.class).getGeneric().toClass());
		}
		if (reactive != null) {
			return reactive.isNoValue() || isNothing(type.as(reactive.getReactiveType()).getGeneric().toClass());
		}
		return isNothing(type.toClass());
	}

	private static boolean isNothing(Class<?> type) {
		return type == void.class || type == Void.class || type.getName().equals("kotlin.Unit");
	}

	/** Return the type as the method declares it. */
	MethodParameter type() {
		return this.type;
	}

	/** Return whether there is nothing to answer when the method is done. */
	boolean isNothing() {
		return this.nothing;
	}

	/**
	 * Return whether a value is a stream of items.
	 * @param value what {@link #adapt} or its stage gave
	 * @return whether it is to be sent item by item
	 */
	boolean isStream(@Nullable Object value) {
		return this.stream
				|| (this.adapter != null && value != null && StreamTypes.shared().isStream(value.getClass()));
	}

	/**
	 * Make something of a returned value that is known here.
	 * @param result what the method returned
	 * @return a value, a stream, or the stage of either
	 */
	@Nullable Object adapt(@Nullable Object result) throws Exception {
		Object value = (this.adapter != null) ? this.adapter.adapt(result, this.type) : result;
		if (value == null || value instanceof CompletionStage<?>) {
			return value;
		}
		for (UdsResultPostProcessor postProcessor : this.postProcessors) {
			value = postProcessor.postProcess(value);
		}
		CompletionStage<?> later = (this.single != null) ? ItemSources.toFuture(value, this.single)
				: ItemSources.toFuture(value);
		return (later != null) ? later : value;
	}

}
