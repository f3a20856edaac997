package io.github.udsboot.client;

import java.util.function.Function;

import io.github.udsboot.UdsConversionException;
import io.github.udsboot.converter.ConversionProblem;
import io.github.udsboot.converter.PayloadConverter;

/**
 * Converts the items that one call sends, one after the other.
 */
final class SentItems implements Function<Object, byte[]> {

	private final PayloadConverter converter;

	private final String route;

	private final String path;

	private long count;

	/**
	 * Create an instance.
	 * @param converter the converter
	 * @param route the route, for messages
	 * @param path the socket's path, for messages
	 */
	SentItems(PayloadConverter converter, String route, String path) {
		this.converter = converter;
		this.route = route;
		this.path = path;
	}

	@Override
	public byte[] apply(Object item) {
		this.count++;
		try {
			return this.converter.toPayload(item);
		}
		catch (RuntimeException | Error ex) {
			throw new UdsConversionException(
					"Item " + this.count + " cannot be converted, the call ends before it: " + ConversionProblem.of(ex),
					this.route, this.path, ex);
		}
	}

}
