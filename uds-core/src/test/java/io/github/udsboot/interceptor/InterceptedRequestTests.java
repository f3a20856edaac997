package io.github.udsboot.interceptor;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class InterceptedRequestTests {

	private static final byte[] PAYLOAD = { 1 };

	private static final Map<String, List<String>> METADATA = Map.of("tenant", List.of("a", "b"));

	private final UdsServerRequest server = new UdsServerRequest("default", "orders.{id}.get", "orders.7.get", PAYLOAD,
			METADATA, new PeerCredentials(() -> "ada", () -> "users", null, null, null), null, null, Map.of());

	private final UdsClientRequest client = new UdsClientRequest("default", "orders.{id}.get", "orders.7.get", PAYLOAD,
			METADATA, Duration.ofSeconds(1), false, false);

	@Test
	void headersAreFoundInAnyCase() {
		assertThat(this.server.header("Tenant")).isEqualTo("a");
		assertThat(this.client.header("TENANT")).isEqualTo("a");
		assertThat(this.client.header("other")).isNull();
	}

	@Test
	void headersOfAPeerThatDoesNotSendLowerCaseAreFoundAndReplaced() {
		UdsServerRequest request = new UdsServerRequest("default", "", "", PAYLOAD, Map.of("Tenant", List.of("forged")),
				this.server.peer(), null, null, Map.of());
		assertThat(request.header("tenant")).isEqualTo("forged");
		assertThat(request.withHeader("tenant", "a").metadata()).isEqualTo(Map.of("tenant", List.of("a")));
	}

	@Test
	void headerReplacesThoseOfItsNameAndChangesNothingElse() {
		UdsClientRequest changed = this.client.withHeader("Tenant", "c").withHeader("second", "1", "2");
		assertThat(changed.metadata()).isEqualTo(Map.of("tenant", List.of("c"), "second", List.of("1", "2")));
		assertThat(changed).usingRecursiveComparison().ignoringFields("metadata").isEqualTo(this.client);
		assertThat(this.client.metadata()).isEqualTo(METADATA);
		assertThat(this.server.withHeader("second", "1").metadata()).hasSize(2);
	}

	@Test
	void headerWithoutValuesIsRemoved() {
		assertThat(this.client.withHeader("tenant").metadata()).isEmpty();
		assertThat(this.server.withHeader("TENANT").metadata()).isEmpty();
	}

	@Test
	void attributesAreAdded() {
		UdsServerRequest changed = this.server.withAttribute("a", 1).withAttribute("b", 2);
		assertThat(changed.attributes()).isEqualTo(Map.of("a", 1, "b", 2));
		assertThat(this.server.attributes()).isEmpty();
		assertThat(changed).usingRecursiveComparison().ignoringFields("attributes").isEqualTo(this.server);
	}

	@Test
	void payloadIsReplaced() {
		byte[] other = { 2, 3 };
		assertThat(this.client.withPayload(other).payload()).isSameAs(other);
		assertThat(this.server.withPayload(other).payload()).isSameAs(other);
		assertThat(this.server.withPayload(other).metadata()).isSameAs(METADATA);
	}

	@Test
	void timeoutMustBeMoreThanZero() {
		assertThat(this.client.withTimeout(Duration.ofMillis(1)).timeout()).isEqualTo(Duration.ofMillis(1));
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.withTimeout(Duration.ZERO));
	}

	@Test
	void responsesAreComplete() {
		assertThat(UdsServerResponse.ok(PAYLOAD).payload()).isSameAs(PAYLOAD);
		assertThat(UdsServerResponse.ok(PAYLOAD).status()).isEqualTo(Status.OK);
		UdsServerResponse failed = UdsServerResponse.failed(Status.NOT_FOUND, "no such order");
		assertThat(failed.status()).isEqualTo(Status.NOT_FOUND);
		assertThat(failed.message()).isEqualTo("no such order");
		assertThat(failed.payload()).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> UdsServerResponse.failed(Status.OK, ""));
		assertThatNullPointerException().isThrownBy(() -> UdsServerResponse.ok(null));
		assertThatNullPointerException().isThrownBy(() -> new UdsClientResponse(null));
	}

}
