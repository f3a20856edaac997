package io.github.udsboot.client;

import java.lang.reflect.Type;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.converter.ConversionProblem;
import io.github.udsboot.converter.PayloadConverter;

/**
 * Converts the items that one call receives, one after the other.
 *
 * @param <T> the type of the items
 */
final class ReceivedItems<T> implements Function<byte[], T> {

	private final PayloadConverter converter;

	private final Type type;

	private final String route;

	private final String path;

	private long count;

	/**
	 * Create an instance.
	 * @param converter the converter
	 * @param type the type of an item
	 * @param route the route, for messages
	 * @param path the socket's path, for messages
	 */
	ReceivedItems(PayloadConverter converter, Type type, String route, String path) {
		this.converter = converter;
		this.type = type;
		this.route = route;
		this.path = path;
	}

	@Override
	@SuppressWarnings("unchecked")
	public T apply(byte[] item) {
		this.count++;
		Object value;
		try {
			value = this.converter.fromPayload(item, this.type);
		}
		catch (RuntimeException | Error ex) {
			throw unreadable(ConversionProblem.of(ex), ex);
		}
		if (value == null) {
			throw unreadable("empty", null);
		}
		return (T) value;
	}

	private UdsConversionException unreadable(String problem, @Nullable Throwable cause) {
		return new UdsConversionException(Status.INTERNAL,
				"Item " + this.count + " cannot be read as " + this.type.getTypeName() + ": " + problem, this.route,
				this.path, cause);
	}

}
