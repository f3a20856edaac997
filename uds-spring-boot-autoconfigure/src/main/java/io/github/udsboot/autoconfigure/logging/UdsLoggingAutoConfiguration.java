package io.github.udsboot.autoconfigure.logging;

import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the caller in the logging
 * context of handlers, if it is asked for.
 */
@AutoConfiguration
@ConditionalOnClass(MDC.class)
@ConditionalOnBooleanProperty(name = "uds.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "uds.mdc.enabled")
public final class UdsLoggingAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MdcPeerContextFactory udsMdcPeerContextFactory() {
		return new MdcPeerContextFactory();
	}

}
