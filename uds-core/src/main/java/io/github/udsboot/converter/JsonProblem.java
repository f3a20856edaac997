package io.github.udsboot.converter;

import java.lang.invoke.MethodType;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.InvalidNullException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.PropertyBindingException;
import tools.jackson.databind.exc.ValueInstantiationException;

/**
 * Tells the peer that has sent JSON what is wrong with it. Jackson's own messages are
 * unsuitable: they quote values and name classes.
 */
final class JsonProblem {

	/** The peer decides how deep a path is, and often the names in it. */
	private static final int MAX_PATH = 200;

	private JsonProblem() {
	}

	/**
	 * Describe a failure to read.
	 * @param failure what Jackson threw
	 * @return the field and what it should be, or the place
	 */
	static String describe(JacksonException failure) {
		String path = path(failure.getPath());
		if (path.isEmpty()) {
			return ofWhole(failure) + place(failure.getLocation());
		}
		boolean syntax = failure instanceof StreamReadException && !(failure instanceof InputCoercionException);
		return path + " is " + ofField(failure) + (syntax ? place(failure.getLocation()) : "");
	}

	private static String ofWhole(JacksonException failure) {
		return (failure instanceof MismatchedInputException mismatch) ? "unexpected " + name(mismatch.getCurrentToken())
				: ofField(failure);
	}

	private static String ofField(JacksonException failure) {
		if (failure instanceof StreamConstraintsException) {
			return "beyond a limit of the JSON reader";
		}
		if (failure instanceof InputCoercionException coercion) {
			return "not a valid " + name(coercion.getTargetType());
		}
		if (failure instanceof StreamReadException) {
			return "not valid JSON";
		}
		if (failure instanceof PropertyBindingException) {
			return "not known";
		}
		if (failure instanceof ValueInstantiationException instantiation) {
			return "not a valid " + name(instantiation.getType().getRawClass());
		}
		return (failure instanceof MismatchedInputException mismatch) ? ofValue(mismatch) : "not valid";
	}

	private static String ofValue(MismatchedInputException mismatch) {
		JsonToken token = mismatch.getCurrentToken();
		if (token == JsonToken.END_OBJECT) {
			return "missing";
		}
		return (token == JsonToken.VALUE_NULL || mismatch instanceof InvalidNullException) ? "null"
				: "not a valid " + name(mismatch.getTargetType());
	}

	private static String name(@Nullable JsonToken token) {
		if (token == null) {
			return "content";
		}
		return switch (token) {
			case START_OBJECT -> "object";
			case START_ARRAY -> "array";
			case VALUE_STRING -> "string";
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "number";
			case VALUE_TRUE, VALUE_FALSE -> "boolean";
			case VALUE_NULL -> "null";
			default -> "content";
		};
	}

	private static String name(@Nullable Class<?> type) {
		if (type == null || type.getSimpleName().isEmpty()) {
			return "value";
		}
		if (type.isArray() || Collection.class.isAssignableFrom(type)) {
			return "array";
		}
		if (Map.class.isAssignableFrom(type)) {
			return "object";
		}
		Class<?> primitive = ClassUtils.isPrimitiveWrapper(type) ? unwrap(type) : type;
		return (primitive == String.class) ? "string" : primitive.getSimpleName();
	}

	private static Class<?> unwrap(Class<?> wrapper) {
		return MethodType.methodType(wrapper).unwrap().returnType();
	}

	private static String place(@Nullable TokenStreamLocation location) {
		return (location != null && location.getLineNr() > 0)
				? " at line " + location.getLineNr() + ", column " + location.getColumnNr() : "";
	}

	/**
	 * Write a path in the notation of most languages.
	 * @param references the path
	 * @return the path, such as {@code items[2].price}; empty for the root
	 */
	static String path(List<JacksonException.Reference> references) {
		StringBuilder path = new StringBuilder();
		for (JacksonException.Reference reference : references) {
			String property = reference.getPropertyName();
			if (property != null) {
				append(path.append(path.isEmpty() ? "" : "."), property);
			}
			else if (reference.getIndex() >= 0) {
				path.append('[').append(reference.getIndex()).append(']');
			}
			if (path.length() > MAX_PATH) {
				path.setLength(MAX_PATH);
				return path.append("...").toString();
			}
		}
		return path.toString();
	}

	/** No name may start a new line in a log. */
	private static void append(StringBuilder path, String name) {
		for (int i = 0; i < name.length() && path.length() <= MAX_PATH; i++) {
			char c = name.charAt(i);
			path.append(((c >= ' ' && c <= '~') || Character.isLetterOrDigit(c)) ? c : '?');
		}
	}

}
