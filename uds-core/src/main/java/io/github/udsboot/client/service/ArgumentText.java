package io.github.udsboot.client.service;

import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.format.datetime.standard.DateTimeFormatterRegistrar;
import org.springframework.format.support.DefaultFormattingConversionService;
import org.springframework.util.Assert;

/**
 * Turns the values of a parameter into the text of a header or of a part of the route.
 */
final class ArgumentText {

	private static final TypeDescriptor STRING = TypeDescriptor.valueOf(String.class);

	private final ConversionService conversionService;

	private final TypeDescriptor type;

	/**
	 * Create a conversion.
	 * @param conversionService the service that converts
	 * @param type the declared type of a value, with its annotations
	 */
	ArgumentText(ConversionService conversionService, TypeDescriptor type) {
		this.conversionService = conversionService;
		this.type = type;
	}

	/**
	 * Return a service that writes dates and times in ISO 8601 format, in every locale,
	 * and supports {@code @DateTimeFormat} and {@code @NumberFormat}.
	 * @return the service, always the same instance
	 */
	static ConversionService defaults() {
		return Defaults.SERVICE;
	}

	/**
	 * Return whether values can be converted.
	 * @return {@code true} also if the declared type does not determine the types of the
	 * values
	 */
	boolean isPossible() {
		return this.type.getType() == Object.class || this.conversionService.canConvert(this.type, STRING);
	}

	/**
	 * Return the text of a value.
	 * @param value the value
	 * @return the text
	 */
	String of(Object value) {
		if (value instanceof String text) {
			return text;
		}
		Object text = this.conversionService.convert(value, this.type.narrow(value), STRING);
		Assert.notNull(text, () -> value + " cannot be converted to text");
		return (String) text;
	}

	/** Expensive, so created only when needed. */
	private static final class Defaults {

		static final ConversionService SERVICE = create();

		private static ConversionService create() {
			DefaultFormattingConversionService service = new DefaultFormattingConversionService();
			DateTimeFormatterRegistrar dates = new DateTimeFormatterRegistrar();
			dates.setUseIsoFormat(true);
			dates.registerFormatters(service);
			return service;
		}

	}

}
