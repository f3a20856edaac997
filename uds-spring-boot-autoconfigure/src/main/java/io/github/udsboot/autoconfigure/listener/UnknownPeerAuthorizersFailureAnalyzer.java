package io.github.udsboot.autoconfigure.listener;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

/**
 * Explains that an authorizer belongs to a listener that does not exist.
 */
class UnknownPeerAuthorizersFailureAnalyzer extends AbstractFailureAnalyzer<UnknownPeerAuthorizersException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownPeerAuthorizersException cause) {
		StringBuilder beans = new StringBuilder();
		cause.getQualifiers()
			.forEach(
					(bean, qualifier) -> beans.append("\n    - '" + bean + "' with @Qualifier(\"" + qualifier + "\")"));
		return new FailureAnalysis(
				"PeerAuthorizer beans belong to listeners that do not exist, so they would keep no peer out:" + beans
						+ "\nThe known listeners are: "
						+ StringUtils.collectionToDelimitedString(cause.getKnown(), ", ", "'", "'") + ".",
				"Correct the qualifiers, or remove them from a bean that is to decide for all listeners without one "
						+ "of their own. A PeerAuthorizer that is used by the application only must not be a candidate "
						+ "for others: @Bean(autowireCandidate = false).",
				cause);
	}

}
