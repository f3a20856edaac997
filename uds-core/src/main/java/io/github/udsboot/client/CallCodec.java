package io.github.udsboot.client;

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.converter.ConversionProblem;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.transport.UdsAddress;

/**
 * Converts what the calls of a client send and receive. A failure names the route and the
 * socket. Thread-safe.
 */
final class CallCodec {

	private final PayloadConverter converter;

	private final UdsAddress address;

	/**
	 * Create a codec.
	 * @param converter turns objects into payloads and back
	 * @param address the address of the server, for messages
	 */
	CallCodec(PayloadConverter converter, UdsAddress address) {
		this.converter = converter;
		this.address = address;
	}

	byte[] encode(@Nullable Object payload, String route) {
		try {
			return this.converter.toPayload(payload);
		}
		catch (RuntimeException | Error ex) {
			throw new UdsConversionException(
					"The payload cannot be converted, the call was not sent: " + ConversionProblem.of(ex), route,
					this.address.toString(), ex);
		}
	}

	@Nullable Object decode(byte[] answer, Type type, String route) {
		try {
			return this.converter.fromPayload(answer, type);
		}
		catch (RuntimeException | Error ex) {
			throw new UdsConversionException(Status.INTERNAL,
					"The answer cannot be read as " + type.getTypeName() + ": " + ConversionProblem.of(ex), route,
					this.address.toString(), ex);
		}
	}

	SentItems sentItems(String route) {
		return new SentItems(this.converter, route, this.address.toString());
	}

	<T> ReceivedItems<T> receivedItems(Type itemType, String route) {
		return new ReceivedItems<>(this.converter, itemType, route, this.address.toString());
	}

}
