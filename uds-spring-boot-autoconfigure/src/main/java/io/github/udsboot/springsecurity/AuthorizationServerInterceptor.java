package io.github.udsboot.springsecurity;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationEventPublisher;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

import io.github.udsboot.Status;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;

/**
 * Lets only those requests through that every {@link AuthorizationManager} grants or
 * abstains from. Others are answered with {@code PERMISSION_DENIED}, or with
 * {@code UNAUTHENTICATED} if there is no authentication. The decisions are published.
 * Thread-safe.
 */
public final class AuthorizationServerInterceptor implements UdsServerInterceptor {

	private static final Log logger = GuardedLog.of(AuthorizationServerInterceptor.class);

	private final List<AuthorizationManager<UdsServerRequest>> managers;

	private final AuthorizationEventPublisher eventPublisher;

	private final SecurityContextHolderStrategy strategy;

	/**
	 * Create an interceptor.
	 * @param managers asked in their order, until one denies
	 * @param eventPublisher publishes the decisions
	 * @param strategy holds the context of the thread
	 */
	public AuthorizationServerInterceptor(List<AuthorizationManager<UdsServerRequest>> managers,
			AuthorizationEventPublisher eventPublisher, SecurityContextHolderStrategy strategy) {
		this.managers = List.copyOf(managers);
		this.eventPublisher = eventPublisher;
		this.strategy = strategy;
	}

	@Override
	public CompletionStage<UdsServerResponse> intercept(UdsServerRequest request, Chain chain) {
		// Not looked up later: who listens to events may do so on another thread
		Authentication authentication = this.strategy.getContext().getAuthentication();
		Supplier<@Nullable Authentication> supplier = () -> authentication;
		for (AuthorizationManager<UdsServerRequest> manager : this.managers) {
			Status denied = authorize(manager, supplier, request);
			if (denied != null) {
				return CompletableFuture.completedFuture(UdsServerResponse.failed(denied,
						(denied == Status.UNAUTHENTICATED) ? "not authenticated" : "access denied"));
			}
		}
		return chain.proceed(request);
	}

	/** Return {@code null} unless the request is denied. */
	private @Nullable Status authorize(AuthorizationManager<UdsServerRequest> manager,
			Supplier<@Nullable Authentication> authentication, UdsServerRequest request) {
		AuthorizationResult result;
		Authentication caller = authentication.get();
		try {
			result = manager.authorize(authentication, request);
		}
		catch (AccessDeniedException ex) {
			result = new AuthorizationDecision(false);
		}
		catch (AuthenticationException ex) {
			result = new AuthorizationDecision(false);
			caller = null;
		}
		if (result == null || result.isGranted()) {
			this.eventPublisher.publishAuthorizationEvent(authentication, request, result);
			return null;
		}
		try {
			this.eventPublisher.publishAuthorizationEvent(authentication, request, result);
		}
		catch (Throwable ex) {
			LostFailures.log("A request was denied, and the event of that could not be published", ex);
		}
		Status status = (caller != null && caller.isAuthenticated()) ? Status.PERMISSION_DENIED
				: Status.UNAUTHENTICATED;
		if (logger.isDebugEnabled()) {
			logger.debug("Answered " + status + " to a request to '" + request.routeTemplate() + "' on listener '"
					+ request.listener() + "' by " + request.peer());
		}
		return status;
	}

}
