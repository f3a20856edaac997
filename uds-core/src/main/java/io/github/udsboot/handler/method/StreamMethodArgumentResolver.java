package io.github.udsboot.handler.method;

import java.lang.reflect.Type;
import java.util.Objects;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.messaging.Message;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.converter.UnreadablePayloadException;
import io.github.udsboot.converter.UnsupportedPayloadTypeException;
import io.github.udsboot.handler.failure.InvalidArguments;
import io.github.udsboot.handler.failure.UnreadableItemException;
import io.github.udsboot.stream.ItemInput;
import io.github.udsboot.stream.StreamTypes;

/**
 * Resolves a payload parameter that stands for the items which the caller sends, such as
 * {@code Stream<Order>}.
 */
class StreamMethodArgumentResolver implements HandlerMethodArgumentResolver {

	private final PayloadConverter converter;

	StreamMethodArgumentResolver(PayloadConverter converter) {
		this.converter = converter;
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return StreamTypes.shared().canBeTakenAs(parameter.getParameterType())
				&& ParameterAnnotations.mayBePayload(parameter);
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
		ItemInput items = (message.getHeaders() instanceof RequestHeaders headers) ? headers.request().items() : null;
		Objects.requireNonNull(items, "A request to a handler that takes items comes with them");
		Type type = ResolvableType.forMethodParameter(parameter).getGeneric().getType();
		return items.as(parameter.getParameterType(), new Conversion(this.converter, type));
	}

	/** Converts the items of one stream, one after the other. */
	private static final class Conversion implements Function<byte[], Object> {

		private final PayloadConverter converter;

		private final Type type;

		private long count;

		Conversion(PayloadConverter converter, Type type) {
			this.converter = converter;
			this.type = type;
		}

		@Override
		public Object apply(byte[] payload) {
			this.count++;
			Object item;
			try {
				item = this.converter.fromPayload(payload, this.type);
			}
			catch (UnsupportedPayloadTypeException ex) {
				// no fault of the caller
				throw ex;
			}
			catch (MessageConversionException ex) {
				throw unreadable(ex);
			}
			if (item == null) {
				throw unreadable(new UnreadablePayloadException("empty", null));
			}
			return item;
		}

		private UnreadableItemException unreadable(MessageConversionException reason) {
			String name = ResolvableType.forType(this.type).toClass().getSimpleName();
			return new UnreadableItemException(InvalidArguments.unreadable("item " + this.count, name, reason), reason);
		}

	}

}
