package io.github.udsboot.handler.failure;

import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.RecentFailures;
import io.github.udsboot.handler.UdsRequest;

/**
 * Logs the failures of requests. One that is known is a line, one that is not has its
 * stack trace, and neither fills the log: of failures of one kind there is a stack trace
 * once a minute and no more than ten lines a second, and the next line counts those that
 * were left out. Of all kinds together ten a second are shown anew, and the next line
 * counts the others. Of more than twenty of one route and class in a tenth of a second
 * the rest is only counted, as it costs as much as a call to tell them apart. With TRACE
 * enabled every failure has its stack trace. The id of the trace is in the line. Throws
 * nothing; thread-safe.
 */
public final class FailureLog {

	private final Log logger;

	/** The lines of this class tell failures apart, however deep they lie. */
	private final String applicationClass;

	/** Apart, so that lines do not use up what stack traces may have. */
	private final RecentFailures recentlyKnown;

	private final RecentFailures recentlyUnknown;

	/**
	 * Create an instance.
	 * @param logger where the failures are logged
	 * @param applicationClass the class whose lines of code tell one failure from
	 * another, or an empty string
	 */
	public FailureLog(Log logger, String applicationClass) {
		this(logger, applicationClass, System::nanoTime);
	}

	FailureLog(Log logger, String applicationClass, LongSupplier clock) {
		this.logger = logger;
		this.applicationClass = applicationClass;
		this.recentlyKnown = new RecentFailures(clock);
		this.recentlyUnknown = new RecentFailures(clock);
	}

	/**
	 * Log what is no fault of this side, at DEBUG: every time, since that is what DEBUG
	 * is for.
	 * @param what says what has failed
	 * @param failure how
	 * @param context the request
	 */
	public void expected(Supplier<String> what, Throwable failure, Context context) {
		try {
			if (this.logger.isDebugEnabled()) {
				context
					.inScope(() -> this.logger.debug(line(what.get(), context) + ": " + FailureText.describe(failure),
							this.logger.isTraceEnabled() ? failure : null));
			}
		}
		catch (Throwable ex) {
			// The reply matters more
		}
	}

	/**
	 * Log a failure that is known, at WARN.
	 * @param what says what has failed
	 * @param failure how
	 * @param context the request
	 */
	public void known(Supplier<String> what, Throwable failure, Context context) {
		log(what, failure, context, true);
	}

	/**
	 * Log a failure that is not known, at ERROR.
	 * @param what says what has failed
	 * @param failure how
	 * @param context the request
	 */
	public void unknown(Supplier<String> what, Throwable failure, Context context) {
		log(what, failure, context, false);
	}

	private void log(Supplier<String> what, Throwable failure, Context context, boolean known) {
		RecentFailures recent = known ? this.recentlyKnown : this.recentlyUnknown;
		String kind = null;
		try {
			boolean everything = this.logger.isTraceEnabled();
			String text = what.get();
			if (!everything && !recent.tryLook(new Likeness(text, failure.getClass()))) {
				return;
			}
			kind = FailureKind.of(text, failure, this.applicationClass);
			RecentFailures.Showing showing = recent.show(kind);
			if (showing.line() || everything) {
				context.inScope(() -> log(line(text, context), failure, showing, known, everything));
			}
		}
		catch (Throwable ex) {
			// Out of memory or of stack once more, or a logger that fails: the reply
			// matters more than the line, and the next failure may get it
			forget(recent, kind);
		}
	}

	private void log(String line, Throwable failure, RecentFailures.Showing showing, boolean known,
			boolean everything) {
		String more = more(showing);
		if (known) {
			this.logger.warn(line + ": " + FailureText.describe(failure) + more,
					(everything && FailureText.isWritable(failure)) ? failure : null);
		}
		else if (!FailureText.isWritable(failure)) {
			this.logger
				.error(line + ": " + FailureText.describe(failure) + ", which does not give its stack trace" + more);
		}
		else if (showing.stackTrace() || everything) {
			this.logger.error(line + more, failure);
		}
		else {
			this.logger.error(line + ": " + FailureText.describe(failure)
					+ "; its stack trace was logged less than a minute ago" + more);
		}
	}

	private static String more(RecentFailures.Showing showing) {
		String more = (showing.leftOut() > 0) ? " (" + showing.leftOut() + " more like it were left out)" : "";
		if (showing.othersLeftOut() > 0) {
			more += " (" + showing.othersLeftOut() + " more of other kinds were left out)";
		}
		return (showing.notLookedAt() > 0)
				? more + " (" + showing.notLookedAt() + " more came too fast to be told apart)" : more;
	}

	private static void forget(RecentFailures recent, @Nullable String kind) {
		try {
			if (kind != null) {
				recent.forget(kind);
			}
		}
		catch (Throwable ex) {
			// then it is taken for logged
		}
	}

	private static String line(String what, Context context) {
		String trace = TraceIds.of(context.metadata());
		return (trace != null) ? what + " [trace " + trace + "]" : what;
	}

	/**
	 * What can be seen of a failure at once.
	 *
	 * @param text what has failed
	 * @param failure how
	 */
	private record Likeness(String text, Class<?> failure) {
	}

	/**
	 * What is known of the request that has failed.
	 *
	 * @param metadata what its caller has sent
	 * @param attributes what interceptors have added
	 */
	public record Context(Map<String, List<String>> metadata, Map<String, Object> attributes) {

		/** Of what is no request. */
		public static final Context NONE = new Context(Map.of(), Map.of());

		/**
		 * Return the context of a request.
		 * @param request the request
		 * @return the context
		 */
		public static Context of(UdsRequest request) {
			return new Context(request.metadata(), request.attributes());
		}

		/**
		 * A stage may complete on a thread that knows nothing of the trace, whereas the
		 * pattern of the log asks for it.
		 */
		private void inScope(Runnable log) {
			for (Object attribute : this.attributes.values()) {
				if (attribute instanceof Observation observation) {
					observation.scoped(log);
					return;
				}
			}
			log.run();
		}

	}

}
