package io.github.udsboot.autoconfigure.listener;

import java.util.Objects;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;
import org.springframework.util.StringUtils;

/**
 * Explains that several authorizers could decide for a listener, before Boot explains
 * that a bean is not unique.
 */
@Order(0)
class AmbiguousPeerAuthorizersFailureAnalyzer extends AbstractFailureAnalyzer<AmbiguousPeerAuthorizersException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, AmbiguousPeerAuthorizersException cause) {
		String beans = StringUtils.collectionToDelimitedString(Objects.requireNonNull(cause.getBeanNamesFound()), ", ",
				"'", "'");
		String listener = cause.getListener();
		if (listener != null) {
			return new FailureAnalysis(
					"Several PeerAuthorizer beans belong to the listener '" + listener + "': " + beans
							+ ". None may be ignored, as that would let peers in.",
					"Leave one, which may ask the others, or mark one of them as @Primary.", cause);
		}
		return new FailureAnalysis(
				"Several PeerAuthorizer beans belong to no particular listener: " + beans
						+ ". None may be ignored, as that would let peers in.",
				"Give each the name of its listener, with @Qualifier(\"<name>\") or as the name of the bean (that of "
						+ "'uds.listener' is 'default'). Or leave one, or mark one of them as @Primary.",
				cause);
	}

}
