package io.github.udsboot.converter;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.AbstractMessageConverter;

/**
 * Converts a {@code ByteBuffer} to and from the bytes that remain in it; its position
 * does not move.
 */
class ByteBufferMessageConverter extends AbstractMessageConverter {

	@Override
	protected boolean supports(Class<?> type) {
		return ByteBuffer.class.isAssignableFrom(type);
	}

	@Override
	protected boolean canConvertFrom(Message<?> message, Class<?> targetClass) {
		return targetClass == ByteBuffer.class && message.getPayload() instanceof byte[];
	}

	@Override
	protected @Nullable Object convertFromInternal(Message<?> message, Class<?> targetClass, @Nullable Object hint) {
		return ByteBuffer.wrap((byte[]) message.getPayload());
	}

	@Override
	protected @Nullable Object convertToInternal(Object payload, @Nullable MessageHeaders headers,
			@Nullable Object hint) {
		return bytes((ByteBuffer) payload);
	}

	static byte[] bytes(ByteBuffer buffer) {
		if (buffer.hasArray() && buffer.arrayOffset() == 0 && buffer.remaining() == buffer.array().length) {
			return buffer.array();
		}
		byte[] bytes = new byte[buffer.remaining()];
		buffer.duplicate().get(bytes);
		return bytes;
	}

}
