package io.github.udsboot.interop;

import java.nio.file.Path;
import java.util.HexFormat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.udsboot.Status;
import io.github.udsboot.interop.v1.FailRequest;
import io.github.udsboot.interop.v1.GreetReply;
import io.github.udsboot.interop.v1.GreetRequest;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a ttrpc client of another implementation gets from handlers of ours.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
abstract class TtrpcClientContractTests {

	@Parameter
	private TransportType transport;

	@TempDir
	private Path directory;

	private InteropListener listener;

	/**
	 * Run a command of the client to its end.
	 * @param socket the listener's socket
	 * @param arguments flags, command and the command's arguments
	 * @return what came of it
	 */
	protected abstract TtrpcCallOutcome call(Path socket, String... arguments);

	/**
	 * Have the handler sleep for 20 s, with a deadline that the client sends and does not
	 * mind itself.
	 * @param deadline such as {@code 100ms}
	 */
	protected abstract TtrpcCallOutcome sleepWithADeadlineThatOnlyOursMinds(String deadline);

	/** Check how the client refuses to send more than ttrpc allows. */
	protected abstract void assertRefusedByTheClient(TtrpcCallOutcome outcome);

	/** Run a command of many threads in a way that the ids of its streams rise. */
	protected TtrpcCallOutcome callWithStreamIdsThatRise(String... arguments) {
		return call(arguments);
	}

	@BeforeEach
	void startListener() {
		this.listener = InteropListener.start(this.directory.resolve("uds.sock"), this.transport);
	}

	@AfterEach
	void stopListener() {
		this.listener.close();
	}

	protected final TtrpcCallOutcome call(String... arguments) {
		return call(this.listener.socket(), arguments);
	}

	@Test
	void greetingIsAnswered() {
		TtrpcCallOutcome outcome = call("greet", "Ada");
		assertSuccess(outcome);
		assertThat(outcome.text("reply")).isEqualTo("Hello, Ada!");
	}

	@Test
	void textKeepsItsCharacters() throws Exception {
		String name = "Zo\u00eb \u6f22 \ud83d\ude80";
		byte[] request = GreetRequest.newBuilder().setName(name).build().toByteArray();
		TtrpcCallOutcome outcome = call("call", InteropService.GREET, HexFormat.of().formatHex(request));
		assertSuccess(outcome);
		assertThat(GreetReply.parseFrom(outcome.bytes("payload")).getMessage()).isEqualTo("Hello, " + name + "!");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 256, 50_000 })
	void bytesComeBackAsTheyWere(int length) {
		byte[] data = new byte[length];
		for (int i = 0; i < length; i++) {
			data[i] = (byte) i;
		}
		TtrpcCallOutcome outcome = call("echo", HexFormat.of().formatHex(data));
		assertSuccess(outcome);
		assertThat(outcome.flag("same")).isTrue();
		assertThat(outcome.bytes("data")).isEqualTo(data);
	}

	@Test
	void emptyPayloadIsAMessageWithDefaults() {
		TtrpcCallOutcome outcome = call("call", InteropService.ECHO, "");
		assertSuccess(outcome);
		assertThat(outcome.text("payload")).isEmpty();
		assertThat(call("greet", "").text("reply")).isEqualTo("Hello, !");
	}

	@Test
	void unknownMethodIsUnimplemented() {
		assertAnswered(call("unknown-method"), Status.UNIMPLEMENTED);
	}

	@Test
	void unknownServiceIsUnimplemented() {
		assertAnswered(call("unknown-service"), Status.UNIMPLEMENTED);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OK")
	void statusOfTheHandlerArrives(Status status) {
		TtrpcCallOutcome outcome = call("fail", String.valueOf(status.code()), "no such thing");
		assertAnswered(outcome, status);
		assertThat(outcome.message()).isEqualTo("no such thing");
	}

	@Test
	void detailsOfTheHandlerArrive() {
		try (InteropListener failing = InteropListener.start(
				InteropListener.options(this.directory.resolve("fail.sock"), this.transport), new DetailsService())) {
			TtrpcCallOutcome outcome = call(failing.socket(), "fail-with-details", "5", "no such thing");
			assertAnswered(outcome, Status.NOT_FOUND);
			assertThat(outcome.message()).isEqualTo("no such thing");
			byte[] request = FailRequest.newBuilder().setCode(5).setMessage("no such thing").build().toByteArray();
			assertThat(outcome.details()).containsExactly(
					"udsboot.interop.v1.FailRequest " + HexFormat.of().formatHex(request),
					"udsboot.interop.v1.GreetReply " + HexFormat.of().formatHex(DetailsService.GREETING.toByteArray()));
		}
	}

	@Test
	void statusOkIsASuccess() {
		assertSuccess(call("fail", "0", ""));
	}

	@Test
	void deadlineReachesTheHandler() {
		TtrpcCallOutcome outcome = sleepWithADeadlineThatOnlyOursMinds("100ms");
		assertAnswered(outcome, Status.DEADLINE_EXCEEDED);
		// the handler ends by itself, or the listener ends it: both keep the caller's
		// time
		assertThat(outcome.message()).isIn("slept until the deadline", "The deadline has passed");
		assertThat(outcome.number("elapsedMillis")).isBetween(90, 15_000);
	}

	@Test
	void requestWhoseDeadlineHasPassedIsNotHandled() {
		TtrpcCallOutcome outcome = sleepWithADeadlineThatOnlyOursMinds("1ns");
		assertAnswered(outcome, Status.DEADLINE_EXCEEDED);
		assertThat(outcome.message()).doesNotContain("slept");
	}

	@Test
	void clientThatGivesUpLeavesNothingBehind() {
		TtrpcCallOutcome outcome = call("-timeout", "100ms", "sleep", "20000");
		assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.DEADLINE_EXCEEDED);
		assertThat(outcome.number("elapsedMillis")).isBetween(90, 15_000);
		Eventually.assertThat(() -> {
			assertThat(this.listener.stats().connections()).isZero();
			assertThat(this.listener.stats().requestsInFlight()).isZero();
		});
	}

	@Test
	void generousDeadlineChangesNothing() {
		assertSuccess(call("-timeout", "20s", "sleep", "1"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "tenant", "region" })
	void metadataIsAHeader(String key) {
		TtrpcCallOutcome outcome = call("metadata", key, "blue");
		assertSuccess(outcome);
		assertThat(outcome.texts("values")).containsExactly("blue");
	}

	@ParameterizedTest
	@ValueSource(strings = { "tenant", "region" })
	void metadataKeepsAllValuesInOrder(String key) {
		TtrpcCallOutcome outcome = call("metadata", key, "green", "blue", "green");
		assertSuccess(outcome);
		assertThat(outcome.texts("values")).containsExactly("green", "blue", "green");
	}

	@Test
	void payloadThatIsNoMessageIsAnInvalidArgument() {
		TtrpcCallOutcome outcome = call("call", InteropService.GREET, "ff");
		assertAnswered(outcome, Status.INVALID_ARGUMENT);
		assertThat(outcome.message()).isNotEmpty().doesNotContain("com.google", "Exception");
	}

	@Test
	void failureOfTheHandlerShowsNoInternals() {
		TtrpcCallOutcome outcome = call("call", InteropService.CRASH, "");
		assertAnswered(outcome, Status.INTERNAL);
		assertThat(outcome.message()).isNotEmpty().doesNotContain(InteropService.SECRET, "Exception", "InteropService");
	}

	@Test
	void answerThatNoPeerTakesIsRefusedHere() {
		assertAnswered(call("call", InteropService.HUGE, ""), Status.RESOURCE_EXHAUSTED);
	}

	@Test
	void connectionLivesAfterARequestThatIsTooLarge() {
		TtrpcCallOutcome outcome = call("oversize");
		assertThat(outcome.isRemote()).as("%s", outcome).isFalse();
		assertRefusedByTheClient(outcome);
		assertThat(outcome.text("after")).isEqualTo("OK");
	}

	@Test
	void manyCallersOnOneConnectionGetTheirOwnAnswers() {
		TtrpcCallOutcome outcome = callWithStreamIdsThatRise("load", "32", "1000");
		assertSuccess(outcome);
		assertThat(outcome.number("calls")).isEqualTo(32_000);
		assertThat(outcome.number("errors")).isZero();
		assertThat(outcome.number("misrouted")).isZero();
		assertThat(this.listener.stats().accepted()).isEqualTo(1);
	}

	private static void assertSuccess(TtrpcCallOutcome outcome) {
		assertAnswered(outcome, Status.OK);
	}

	protected static void assertAnswered(TtrpcCallOutcome outcome, Status status) {
		assertThat(outcome.status()).as("%s", outcome).isEqualTo(status);
		assertThat(outcome.isRemote()).as("%s", outcome).isTrue();
		assertThat(outcome.exitStatus()).as("%s", outcome).isZero();
	}

}
