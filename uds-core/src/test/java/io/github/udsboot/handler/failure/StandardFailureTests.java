package io.github.udsboot.handler.failure;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.dao.IncorrectResultSizeDataAccessException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.orm.ObjectRetrievalFailureException;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.validation.BindException;
import org.springframework.validation.MapBindingResult;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.server.ResponseStatusException;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.method.HandlerTester;
import io.github.udsboot.testsupport.LoggedLines;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What exceptions of Spring and of the JDK mean to a peer.
 */
class StandardFailureTests {

	private static final String SECRET = "secret";

	@RegisterExtension
	private final LoggedLines log = new LoggedLines();

	private final Handlers handlers = new Handlers();

	private final HandlerTester tester = new HandlerTester(this.handlers);

	static Stream<Arguments> failures() {
		return Stream.of(Arguments.of(new AuthorizationDeniedException(SECRET), Status.PERMISSION_DENIED),
				Arguments.of(new BadCredentialsException(SECRET), Status.UNAUTHENTICATED),
				Arguments.of(new AuthenticationCredentialsNotFoundException(SECRET), Status.UNAUTHENTICATED),
				Arguments.of(new EmptyResultDataAccessException(SECRET, 1), Status.NOT_FOUND),
				Arguments.of(new ObjectRetrievalFailureException(SECRET, 1), Status.NOT_FOUND),
				Arguments.of(new DuplicateKeyException(SECRET), Status.ALREADY_EXISTS),
				Arguments.of(new DataIntegrityViolationException(SECRET), Status.FAILED_PRECONDITION),
				Arguments.of(new DataIntegrityViolationException(SECRET, new SQLException(SECRET, "23503")),
						Status.FAILED_PRECONDITION),
				Arguments.of(new DataIntegrityViolationException(SECRET,
						new IllegalStateException(new SQLException(SECRET, "23505"))), Status.ALREADY_EXISTS),
				Arguments.of(new DataIntegrityViolationException(SECRET, new SQLException(SECRET, "23000", 1062)),
						Status.ALREADY_EXISTS),
				Arguments.of(new DataIntegrityViolationException(SECRET, new SQLException(SECRET, "23000", 1048)),
						Status.FAILED_PRECONDITION),
				Arguments.of(new SQLIntegrityConstraintViolationException(SECRET, "23505"), Status.ALREADY_EXISTS),
				Arguments.of(new SQLIntegrityConstraintViolationException(SECRET, "23502"), Status.FAILED_PRECONDITION),
				Arguments.of(new SQLTransactionRollbackException(SECRET), Status.ABORTED),
				Arguments.of(new SQLTimeoutException(SECRET), Status.DEADLINE_EXCEEDED),
				Arguments.of(new SQLTransientConnectionException(SECRET), Status.UNAVAILABLE),
				Arguments.of(new SQLNonTransientConnectionException(SECRET), Status.UNAVAILABLE),
				Arguments.of(new SQLRecoverableException(SECRET), Status.UNAVAILABLE),
				Arguments.of(new RecoverableDataAccessException(SECRET), Status.UNAVAILABLE),
				Arguments.of(new ExecutionException(new CompletionException(new DuplicateKeyException(SECRET))),
						Status.ALREADY_EXISTS),
				Arguments.of(new UndeclaredThrowableException(new TimeoutException(SECRET)), Status.DEADLINE_EXCEEDED),
				Arguments.of(new OptimisticLockingFailureException(SECRET), Status.ABORTED),
				Arguments.of(new CannotAcquireLockException(SECRET), Status.ABORTED),
				Arguments.of(new QueryTimeoutException(SECRET), Status.DEADLINE_EXCEEDED),
				Arguments.of(new TransactionTimedOutException(SECRET), Status.DEADLINE_EXCEEDED),
				Arguments.of(new TimeoutException(SECRET), Status.DEADLINE_EXCEEDED),
				Arguments.of(new UdsDeadlineExceededException(SECRET, "a", "b", null), Status.DEADLINE_EXCEEDED),
				Arguments.of(new RejectedExecutionException(SECRET), Status.RESOURCE_EXHAUSTED),
				Arguments.of(new TaskRejectedException(SECRET), Status.RESOURCE_EXHAUSTED),
				Arguments.of(new DataAccessResourceFailureException(SECRET), Status.UNAVAILABLE),
				Arguments.of(new TransientDataAccessResourceException(SECRET), Status.UNAVAILABLE),
				Arguments.of(new CannotCreateTransactionException(SECRET), Status.UNAVAILABLE),
				Arguments.of(new UdsUnavailableException(SECRET, "a", "b", null), Status.UNAVAILABLE),
				Arguments.of(new UdsConnectionLostException(SECRET, "a", "b", null), Status.UNAVAILABLE));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void knownExceptionBecomesAStatusWithoutItsMessage(Throwable failure, Status status) {
		this.handlers.failure = failure;
		UdsReply reply = this.tester.call("fail", "");
		assertThat(reply.status()).isEqualTo(status);
		assertThat(reply.message()).isNotEmpty().doesNotContain(SECRET).doesNotContain("Exception");
		assertThat(this.log.only().getFormattedMessage()).contains(SECRET).doesNotContain("\n");
		assertThat(this.log.only().getThrowableProxy()).isNull();
		Level level = switch (status) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION -> Level.WARN;
			default -> Level.DEBUG;
		};
		assertThat(this.log.only().getLevel()).isEqualTo(level);
	}

	static Stream<Throwable> faults() {
		return Stream.of(new IllegalArgumentException(SECRET), new IllegalStateException(SECRET),
				new NoSuchElementException(SECRET), new UnsupportedOperationException(SECRET),
				new ExecutionException(SECRET, new IllegalStateException(SECRET)), new SQLException(SECRET),
				new IncorrectResultSizeDataAccessException(SECRET, 1), new AccessDeniedException(SECRET),
				new UdsLimitExceededException(SECRET, "a", "b", null),
				new UdsRemoteException(Status.NOT_FOUND, SECRET, "a", "b"),
				new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR, SECRET),
				new ResponseStatusException(HttpStatus.NOT_MODIFIED, SECRET), new FaultyException(SECRET));
	}

	@ParameterizedTest
	@MethodSource("faults")
	void anyOtherExceptionIsInternal(Throwable failure) {
		this.handlers.failure = failure;
		assertThat(this.tester.call("fail", "")).isEqualTo(UdsReply.failed(Status.INTERNAL, "handler failed"));
		assertThat(this.log.only().getLevel()).isEqualTo(Level.ERROR);
	}

	@ParameterizedTest
	@CsvSource({ "400, INVALID_ARGUMENT", "401, UNAUTHENTICATED", "402, FAILED_PRECONDITION", "403, PERMISSION_DENIED",
			"404, NOT_FOUND", "408, DEADLINE_EXCEEDED", "409, ABORTED", "410, NOT_FOUND", "412, FAILED_PRECONDITION",
			"413, RESOURCE_EXHAUSTED", "416, OUT_OF_RANGE", "422, INVALID_ARGUMENT", "429, RESOURCE_EXHAUSTED",
			"499, FAILED_PRECONDITION", "501, UNIMPLEMENTED", "502, UNAVAILABLE", "503, UNAVAILABLE",
			"504, DEADLINE_EXCEEDED" })
	void errorForTheWebKeepsTheReasonThatIsMeantForTheCaller(int code, Status status) {
		this.handlers.failure = new ResponseStatusException(HttpStatusCode.valueOf(code), "no tea",
				new IllegalStateException(SECRET));
		assertThat(this.tester.call("fail", "")).isEqualTo(UdsReply.failed(status, "no tea"));
	}

	@Test
	void errorForTheWebMayHaveNoReason() {
		this.handlers.failure = new ResponseStatusException(HttpStatus.NOT_FOUND);
		assertThat(this.tester.call("fail", "")).isEqualTo(UdsReply.failed(Status.NOT_FOUND, "not found"));
	}

	@Test
	void exceptionWithAnAnnotationForTheWebMeansTheSame() {
		this.handlers.failure = new NoTeaException(SECRET);
		assertThat(this.tester.call("fail", "")).isEqualTo(UdsReply.failed(Status.NOT_FOUND, "no tea"));
		this.handlers.failure = new NoCupException(SECRET);
		assertThat(this.tester.call("fail", ""))
			.isEqualTo(UdsReply.failed(Status.ABORTED, "collided with another call"));
	}

	@Test
	void bindingNamesItsFields() {
		MapBindingResult result = new MapBindingResult(Map.of(), "order");
		result.rejectValue("id", "positive", "must be positive");
		this.handlers.failure = new BindException(result);
		assertThat(this.tester.call("fail", ""))
			.isEqualTo(UdsReply.failed(Status.INVALID_ARGUMENT, "payload is not valid: id must be positive"));
		assertThat(this.log.only().getLevel()).isEqualTo(Level.DEBUG);
	}

	@Test
	void tableOfTheDocumentationIsTheOneInTheProgram() throws Exception {
		Map<String, String> documented = new TreeMap<>();
		Pattern row = Pattern.compile("^\\| `([a-z][\\w.]+\\.[A-Z]\\w+)` \\| ([A-Z_]+) \\|", Pattern.MULTILINE);
		for (MatchResult match : row.matcher(documentation()).results().toList()) {
			documented.put(match.group(1), match.group(2));
		}
		Map<String, String> actual = new TreeMap<>();
		StandardFailures.STATUSES.forEach((name, status) -> actual.put(name, status.name()));
		assertThat(documented).isEqualTo(actual);
	}

	@Test
	void everyNameIsThatOfAnException() throws Exception {
		for (String name : StandardFailures.STATUSES.keySet()) {
			assertThat(Class.forName(name)).isAssignableTo(Exception.class);
		}
	}

	private static String documentation() throws IOException {
		return Files.readString(Path.of("../docs/errors.md"));
	}

	@Test
	void librariesMayBeAbsent() throws Exception {
		try (URLClassLoader loader = new URLClassLoader(classPathWithoutLibraries(),
				ClassLoader.getPlatformClassLoader())) {
			Method replyTo = loader.loadClass(StandardFailures.class.getName())
				.getDeclaredMethod("replyTo", Throwable.class);
			replyTo.setAccessible(true);
			assertThat(String.valueOf(replyTo.invoke(null, new TimeoutException()))).contains("DEADLINE_EXCEEDED");
			assertThat(replyTo.invoke(null, new IllegalStateException())).isNull();
		}
	}

	private static URL[] classPathWithoutLibraries() {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> Stream.of("spring-web", "spring-tx", "spring-orm", "spring-security", "validation")
				.noneMatch(entry::contains))
			.map(StandardFailureTests::url)
			.toArray(URL[]::new);
	}

	private static URL url(String entry) {
		try {
			return new File(entry).toURI().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static class Handlers {

		Throwable failure;

		String fail() throws Throwable {
			throw this.failure;
		}

	}

	@ResponseStatus(code = HttpStatus.NOT_FOUND, reason = "no tea")
	static class NoTeaException extends RuntimeException {

		NoTeaException(String message) {
			super(message);
		}

	}

	@ResponseStatus(HttpStatus.CONFLICT)
	static class NoCupException extends RuntimeException {

		NoCupException(String message) {
			super(message);
		}

	}

	@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
	static class FaultyException extends RuntimeException {

		FaultyException(String message) {
			super(message);
		}

	}

}
