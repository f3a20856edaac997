package io.github.udsboot;

import java.util.Collection;
import java.util.Optional;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;

/**
 * Details of failures that are protobuf messages, such as those of {@code google.rpc}. Go
 * reads them with {@code status.FromError(err)} and {@code Details()}. Needs
 * protobuf-java on the class path.
 */
public final class ProtobufDetails {

	private ProtobufDetails() {
	}

	/**
	 * Create a detail from a message.
	 * @param message the message
	 * @return the detail; its type URL is {@code type.googleapis.com/} followed by the
	 * full name of the message's type
	 */
	public static StatusDetail of(Message message) {
		Any any = Any.pack(message);
		return new StatusDetail(any.getTypeUrl(), any.getValue().toByteArray());
	}

	/**
	 * Find the first message of a type among details.
	 * @param <T> the type of the message
	 * @param details the details of an exception
	 * @param type the type of the message
	 * @return the message, empty if there is none of this type
	 * @throws IllegalArgumentException if there is one and its bytes are malformed
	 */
	public static <T extends Message> Optional<T> find(Collection<StatusDetail> details, Class<T> type) {
		for (StatusDetail detail : details) {
			Any any = Any.newBuilder()
				.setTypeUrl(detail.typeUrl())
				.setValue(ByteString.copyFrom(detail.value()))
				.build();
			if (any.is(type)) {
				return Optional.of(unpack(any, type));
			}
		}
		return Optional.empty();
	}

	private static <T extends Message> T unpack(Any any, Class<T> type) {
		try {
			return any.unpack(type);
		}
		catch (InvalidProtocolBufferException ex) {
			throw new IllegalArgumentException("A detail that calls itself " + any.getTypeUrl() + " is none", ex);
		}
	}

}
