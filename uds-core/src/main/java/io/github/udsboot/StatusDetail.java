package io.github.udsboot;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A typed part of a failure, besides its status and its message: what protobuf calls a
 * {@code google.protobuf.Any}. On ttrpc it is one of the {@code details} of the
 * {@code google.rpc.Status} in the answer; the protocols {@code line} and {@code raw}
 * have no place for it. {@link ProtobufDetails} converts protobuf messages to details and
 * back.
 *
 * @param typeUrl identifies the type of the value; for a protobuf message
 * {@code type.googleapis.com/} followed by the full name of its type
 * @param value the value, for a protobuf message its bytes; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // As payloads, which are not copied either
public record StatusDetail(String typeUrl, byte[] value) implements Serializable {

	/**
	 * Create a detail.
	 * @throws IllegalArgumentException if the type URL contains an unpaired surrogate,
	 * which UTF-8 cannot encode
	 */
	public StatusDetail {
		if (!StandardCharsets.UTF_8.newEncoder().canEncode(typeUrl)) {
			throw new IllegalArgumentException("The type URL of a detail has an unpaired surrogate");
		}
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof StatusDetail that && this.typeUrl.equals(that.typeUrl)
				&& Arrays.equals(this.value, that.value));
	}

	@Override
	public int hashCode() {
		return 31 * this.typeUrl.hashCode() + Arrays.hashCode(this.value);
	}

	/** Shows the type and the length only: a value may be anything. */
	@Override
	public String toString() {
		return this.typeUrl + " (" + this.value.length + " bytes)";
	}

}
