package io.github.udsboot.autoconfigure.client;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.github.udsboot.autoconfigure.socket.ConfiguredSockets;

/**
 * Matches if a property says where the primary client connects, or if that is not known
 * yet.
 */
class OnClientPathCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Path of the client");
		if (ConfiguredSockets.areDecidedAtRunTime()) {
			return ConditionOutcome.match(message.because("it is looked up at run time"));
		}
		return new ConfiguredSockets(context.getEnvironment()).clientPath()
				? ConditionOutcome.match(message.because("a property has it")) : ConditionOutcome
					.noMatch(message.didNotFind("property", "properties").items("uds.client.path", "uds.socket.path"));
	}

}
