package io.github.udsboot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;

import com.google.protobuf.Duration;
import com.google.protobuf.StringValue;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class StatusDetailTests {

	private static final StringValue TEA = StringValue.of("tea");

	@Test
	void detailsWithTheSameBytesAreEqual() {
		StatusDetail detail = new StatusDetail("acme/a", new byte[] { 1 });
		assertThat(detail).isEqualTo(new StatusDetail("acme/a", new byte[] { 1 }))
			.hasSameHashCodeAs(new StatusDetail("acme/a", new byte[] { 1 }))
			.isNotEqualTo(new StatusDetail("acme/a", new byte[] { 2 }))
			.isNotEqualTo(new StatusDetail("acme/b", new byte[] { 1 }));
	}

	@Test
	void valueIsNotInTheText() {
		assertThat(new StatusDetail("acme/a", "secret".getBytes())).hasToString("acme/a (6 bytes)");
	}

	@Test
	void typeUrlThatUtf8CannotExpressIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new StatusDetail("acme/\ud83d", new byte[0]));
	}

	@Test
	void messageBecomesADetailAndComesBack() {
		StatusDetail detail = ProtobufDetails.of(TEA);
		assertThat(detail.typeUrl()).isEqualTo("type.googleapis.com/google.protobuf.StringValue");
		assertThat(detail.value()).isEqualTo(TEA.toByteArray());
		List<StatusDetail> details = List.of(new StatusDetail("acme/a", new byte[] { 1 }), detail,
				ProtobufDetails.of(StringValue.of("coffee")));
		assertThat(ProtobufDetails.find(details, StringValue.class)).contains(TEA);
		assertThat(ProtobufDetails.find(details, Duration.class)).isEmpty();
	}

	@Test
	void malformedMessageIsRefused() {
		StatusDetail detail = new StatusDetail(ProtobufDetails.of(TEA).typeUrl(), new byte[] { 0x0a, 5, 'x' });
		assertThatIllegalArgumentException().isThrownBy(() -> ProtobufDetails.find(List.of(detail), StringValue.class))
			.withMessageContaining("google.protobuf.StringValue");
	}

	@Test
	void exceptionsKeepTheirDetailsWhenTheyAreSerialized() throws Exception {
		List<StatusDetail> details = List.of(ProtobufDetails.of(TEA));
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(new UdsRemoteException(Status.NOT_FOUND, "no tea", details, "tea.get", null));
			out.writeObject(new UdsStatusException(Status.NOT_FOUND, "no tea", details));
		}
		try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			assertThat(((UdsRemoteException) in.readObject()).getDetails()).isEqualTo(details);
			assertThat(((UdsStatusException) in.readObject()).getDetails()).isEqualTo(details);
		}
	}

	@Test
	void causeOfAStatusIsKeptForTheLog() {
		Exception cause = new IllegalStateException("secret");
		UdsStatusException failure = new UdsStatusException(Status.NOT_FOUND, "no tea", List.of(), cause);
		assertThat(failure).hasCause(cause).hasMessage("NOT_FOUND: no tea");
		assertThat(failure.getPeerMessage()).isEqualTo("no tea");
	}

}
