package io.github.udsboot.autoconfigure.listener;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.github.udsboot.autoconfigure.socket.ConfiguredSockets;

/**
 * Matches if properties ask for the default listener, or if that is not known yet.
 */
class OnListenerPathCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Default listener");
		if (ConfiguredSockets.areDecidedAtRunTime()) {
			return ConditionOutcome.match(message.because("its path is looked up at run time"));
		}
		return new ConfiguredSockets(context.getEnvironment()).listener()
				? ConditionOutcome.match(message.because("'uds.socket.path' is set")) : ConditionOutcome
					.noMatch(message.because("'uds.socket.path' is not set, or 'uds.listener.enabled' is false"));
	}

}
