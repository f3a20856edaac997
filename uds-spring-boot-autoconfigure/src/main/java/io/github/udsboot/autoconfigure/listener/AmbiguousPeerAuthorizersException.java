package io.github.udsboot.autoconfigure.listener;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;

import io.github.udsboot.security.PeerAuthorizer;

/**
 * Several {@link PeerAuthorizer} beans could decide for a listener.
 */
public class AmbiguousPeerAuthorizersException extends NoUniqueBeanDefinitionException {

	private static final long serialVersionUID = 1L;

	private final @Nullable String listener;

	/**
	 * Create an exception.
	 * @param listener the listener that all of them name, {@code null} if they name none
	 * @param beanNames the names of the beans
	 */
	public AmbiguousPeerAuthorizersException(@Nullable String listener, List<String> beanNames) {
		super(PeerAuthorizer.class, beanNames);
		this.listener = listener;
	}

	/**
	 * Return the listener that the beans name.
	 * @return the listener, {@code null} if they name none
	 */
	public @Nullable String getListener() {
		return this.listener;
	}

}
