package io.github.udsboot.handler.failure;

import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.util.StringUtils;
import org.springframework.validation.BindingResult;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

import io.github.udsboot.converter.UnreadablePayloadException;
import io.github.udsboot.converter.UnsupportedPayloadTypeException;

/**
 * Tells a peer what is wrong with its request: which part, and the simple name of the
 * type that was expected. Messages of converters are left out, they quote payloads and
 * name classes, unless they were written for a peer.
 */
public final class InvalidArguments {

	private InvalidArguments() {
	}

	/**
	 * Describe an argument that could not be resolved.
	 * @param failure the failure
	 * @return the message for the peer, or {@code null} when the handler's declaration is
	 * to blame and not the request
	 */
	static @Nullable String describe(UnresolvedArgumentException failure) {
		Exception reason = failure.reason();
		if (reason instanceof MethodArgumentNotValidException invalid) {
			return describe(invalid.getBindingResult());
		}
		if (reason instanceof UnsupportedPayloadTypeException) {
			return null;
		}
		if (reason instanceof ConversionFailedException) {
			return name(failure.parameter()) + " cannot be converted to " + typeName(failure.parameter());
		}
		if (reason instanceof MessagingException) {
			return isNamed(failure.parameter()) ? name(failure.parameter()) + " is missing"
					: unreadable("payload", typeName(failure.parameter()), reason);
		}
		return null;
	}

	/**
	 * Describe what is sent in place of a value.
	 * @param part which part of a request
	 * @param type the simple name of the type that was expected
	 * @param reason why it cannot be read
	 * @return the message for the peer, naming the field where the converter has told it
	 */
	public static String unreadable(String part, String type, Exception reason) {
		String text = part + " cannot be converted to " + type;
		return (reason instanceof UnreadablePayloadException) ? text + ": " + reason.getMessage() : text;
	}

	/**
	 * Describe what a validator found.
	 * @param result its findings, or {@code null} if unknown
	 * @return the message for the peer, naming the fields
	 */
	static String describe(@Nullable BindingResult result) {
		if (result == null) {
			return "payload is not valid";
		}
		if (result.getTarget() instanceof byte[] bytes && bytes.length == 0) {
			// Spring's way to say that a payload is required
			return "payload must not be empty";
		}
		return result.getAllErrors()
			.stream()
			.map(InvalidArguments::describe)
			.collect(Collectors.joining("; ", "payload is not valid: ", ""));
	}

	private static String describe(ObjectError error) {
		String message = (error.getDefaultMessage() != null) ? error.getDefaultMessage() : error.getCode();
		return (error instanceof FieldError field) ? field.getField() + " " + message : String.valueOf(message);
	}

	private static boolean isNamed(MethodParameter parameter) {
		return parameter.hasParameterAnnotation(Header.class)
				|| parameter.hasParameterAnnotation(DestinationVariable.class);
	}

	private static String name(MethodParameter parameter) {
		DestinationVariable variable = parameter.getParameterAnnotation(DestinationVariable.class);
		if (variable != null) {
			return "route variable '" + name(parameter, variable.value()) + "'";
		}
		Header header = parameter.getParameterAnnotation(Header.class);
		return "header '" + name(parameter, (header != null) ? header.name() : "") + "'";
	}

	private static String name(MethodParameter parameter, String declared) {
		return StringUtils.hasText(declared) ? declared : String.valueOf(parameter.getParameterName());
	}

	private static String typeName(MethodParameter parameter) {
		MethodParameter nested = parameter.nestedIfOptional();
		if (Message.class.isAssignableFrom(nested.getNestedParameterType())) {
			nested = nested.nested();
		}
		return nested.getNestedParameterType().getSimpleName();
	}

}
