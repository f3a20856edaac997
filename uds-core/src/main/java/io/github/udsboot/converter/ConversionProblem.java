package io.github.udsboot.converter;

import org.springframework.messaging.converter.MessageConversionException;

import io.github.udsboot.guard.ForeignText;

/**
 * Describes what is wrong with a conversion. A converter of the application may throw
 * anything.
 */
public final class ConversionProblem {

	private ConversionProblem() {
	}

	/**
	 * Return the text of a failure, for use in a message.
	 * @param failure the failure that a converter has thrown
	 * @return the message of a {@link MessageConversionException}, which is complete by
	 * itself; otherwise the text of the failure
	 */
	public static String of(Throwable failure) {
		if (failure instanceof MessageConversionException known) {
			try {
				String message = known.getMessage();
				if (message != null) {
					return message;
				}
			}
			catch (RuntimeException | Error ex) {
				return failure.getClass().getName();
			}
		}
		return ForeignText.of(failure);
	}

}
