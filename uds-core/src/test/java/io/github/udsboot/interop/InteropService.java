package io.github.udsboot.interop;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.handler.UdsHeaders;
import io.github.udsboot.interop.v1.EchoMessage;
import io.github.udsboot.interop.v1.Empty;
import io.github.udsboot.interop.v1.FailRequest;
import io.github.udsboot.interop.v1.GreetReply;
import io.github.udsboot.interop.v1.GreetRequest;
import io.github.udsboot.interop.v1.MetadataReply;
import io.github.udsboot.interop.v1.MetadataRequest;
import io.github.udsboot.interop.v1.SleepRequest;

/**
 * The service of interop.proto as an application of ours would write it, and two methods
 * more for what a client should not get to see.
 */
@UdsHandler(InteropService.NAME)
class InteropService {

	static final String NAME = "udsboot.interop.v1.Interop";

	static final String GREET = NAME + ".Greet";

	static final String ECHO = NAME + ".Echo";

	static final String FAIL = NAME + ".Fail";

	static final String SLEEP = NAME + ".Sleep";

	static final String METADATA = NAME + ".Metadata";

	static final String IDENTITY = NAME + ".Identity";

	static final String CRASH = NAME + ".Crash";

	static final String HUGE = NAME + ".Huge";

	static final String SECRET = "password of the database";

	@UdsHandler("Greet")
	GreetReply greet(GreetRequest request) {
		return GreetReply.newBuilder().setMessage("Hello, " + request.getName() + "!").build();
	}

	@UdsHandler("Echo")
	EchoMessage echo(EchoMessage message) {
		return message;
	}

	@UdsHandler("Identity")
	EchoMessage identity(EchoMessage message) {
		return message;
	}

	@UdsHandler("Fail")
	Empty fail(FailRequest request) {
		Status status = Status.fromCode(request.getCode());
		if (status.code() != request.getCode()) {
			throw new UdsStatusException(Status.INVALID_ARGUMENT, request.getCode() + " is no gRPC code");
		}
		if (status != Status.OK) {
			throw new UdsStatusException(status, request.getMessage());
		}
		return Empty.getDefaultInstance();
	}

	@UdsHandler("Sleep")
	Empty sleep(SleepRequest request, @Header(name = UdsHeaders.DEADLINE, required = false) @Nullable Instant deadline)
			throws InterruptedException {
		Instant end = Instant.now().plusMillis(request.getMillis());
		if (deadline == null || deadline.isAfter(end)) {
			sleepUntil(end);
			return Empty.getDefaultInstance();
		}
		sleepUntil(deadline);
		throw new UdsStatusException(Status.DEADLINE_EXCEEDED, "slept until the deadline");
	}

	private static void sleepUntil(Instant end) throws InterruptedException {
		Thread.sleep(Math.max(0, Duration.between(Instant.now(), end).toMillis()));
	}

	@UdsHandler("Metadata")
	MetadataReply metadata(MetadataRequest request, @Header(name = "tenant", required = false) List<String> tenant,
			@Headers Map<String, Object> headers) {
		// One key as most handlers ask for it, the others from the map of all
		Object values = request.getKey().equals("tenant") ? tenant : headers.get(request.getKey());
		MetadataReply.Builder reply = MetadataReply.newBuilder();
		if (values instanceof List<?> list) {
			list.forEach((value) -> reply.addValues((String) value));
		}
		else if (values != null) {
			reply.addValues((String) values);
		}
		return reply.build();
	}

	@UdsHandler("Crash")
	Empty crash(Empty request) {
		throw new IllegalStateException(SECRET);
	}

	/** Answers with more than any ttrpc peer takes. */
	@UdsHandler("Huge")
	EchoMessage huge(Empty request) {
		return EchoMessage.newBuilder().setData(ByteString.copyFrom(new byte[4 << 20])).build();
	}

}
