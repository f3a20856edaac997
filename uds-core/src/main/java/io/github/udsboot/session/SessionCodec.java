package io.github.udsboot.session;

import java.lang.reflect.Type;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConversionException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.UdsProtocolException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.converter.ConversionProblem;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.MessageFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.UnencodableFrameException;

/**
 * Turns messages of the application into frames, and frames into messages. Thread-safe.
 */
public final class SessionCodec {

	private final PayloadConverter converter;

	private final FrameWriter writer;

	private final String path;

	/**
	 * Create a codec.
	 * @param converter converts payloads
	 * @param writer writes messages
	 * @param path the socket's path or abstract name, for messages
	 */
	public SessionCodec(PayloadConverter converter, FrameWriter writer, String path) {
		this.converter = converter;
		this.writer = writer;
		this.path = path;
	}

	/**
	 * Return the socket's path.
	 * @return the path or the abstract name
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Encode a message.
	 * @param message the message
	 * @return the frame
	 * @throws UdsConversionException if it cannot be converted or encoded
	 * @throws UdsLimitExceededException if it is too large
	 */
	public EncodedFrame encode(Object message) {
		byte[] payload = toPayload(message);
		try {
			// it may be written long after this returns, when the application has already
			// filled its array with the next message
			return this.writer.encode(new MessageFrame((payload != message) ? payload : payload.clone()));
		}
		catch (FrameTooLargeException ex) {
			throw new UdsLimitExceededException(ex.getMessage() + "; the message was not sent. Send it in parts", null,
					this.path, ex);
		}
		catch (UnencodableFrameException ex) {
			throw new UdsConversionException(ex.getMessage() + "; the message was not sent", null, this.path, ex);
		}
	}

	/**
	 * Convert a message to be sent.
	 * @param message the message
	 * @return the payload, the message itself if that is a byte array
	 * @throws UdsConversionException if it cannot be converted
	 */
	public byte[] toPayload(Object message) {
		try {
			return this.converter.toPayload(message);
		}
		catch (RuntimeException | Error ex) {
			throw new UdsConversionException(
					"The message cannot be converted and was not sent: " + ConversionProblem.of(ex), null, this.path,
					ex);
		}
	}

	/**
	 * Decode a received frame.
	 * @param frame the frame
	 * @param type the requested type
	 * @return the message
	 * @throws UdsException if the frame is a failure, or not of the type
	 */
	public Object decode(Frame frame, Type type) {
		if (frame instanceof MessageFrame message) {
			return fromPayload(message.payload(), type);
		}
		if (frame instanceof ResponseFrame failure) {
			throw new UdsRemoteException(failure.status(), failure.message(), null, this.path);
		}
		if (frame instanceof InvalidFrame invalid && invalid.status() == Status.RESOURCE_EXHAUSTED) {
			throw new UdsLimitExceededException("A message was not taken: " + invalid.message(), null, this.path, null);
		}
		throw new UdsProtocolException(
				"A message was not taken: "
						+ ((frame instanceof InvalidFrame invalid) ? invalid.message() : "unexpected " + frame),
				null, this.path, null);
	}

	/**
	 * Convert a received message.
	 * @param payload the payload
	 * @param type the requested type
	 * @return the message
	 * @throws UdsConversionException if it is not of the type
	 */
	public Object fromPayload(byte[] payload, Type type) {
		Object value;
		try {
			value = this.converter.fromPayload(payload, type);
		}
		catch (RuntimeException | Error ex) {
			throw new UdsConversionException(Status.INTERNAL,
					"The message cannot be read as " + type.getTypeName() + ": " + ConversionProblem.of(ex), null,
					this.path, ex);
		}
		if (value == null) {
			throw new UdsConversionException(Status.INTERNAL,
					"The message is empty and cannot be read as " + type.getTypeName(), null, this.path, null);
		}
		return value;
	}

}
