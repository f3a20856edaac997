package io.github.udsboot.listener;

import java.util.List;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.interceptor.PeerContextFactory;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.observation.CallRecorder;

/**
 * The collaborators of a listener, besides its handlers.
 *
 * @param recorder told about every call
 * @param applicationExecutor runs handlers that ask for a pool, or {@code null}
 * @param payloadConverter converts what sessions send and receive, or {@code null} for
 * the default, which is created only when needed
 * @param sessionListeners told of sessions
 * @param interceptors wrap the handlers, the outermost first
 * @param contexts create the contexts of peers, the outermost first
 * @param refusalListeners told of refused connections
 */
record ListenerCollaborators(CallRecorder recorder, @Nullable Executor applicationExecutor,
		@Nullable PayloadConverter payloadConverter, List<UdsSessionListener> sessionListeners,
		List<UdsServerInterceptor> interceptors, List<PeerContextFactory> contexts,
		List<UdsConnectionRefusalListener> refusalListeners) {

}
