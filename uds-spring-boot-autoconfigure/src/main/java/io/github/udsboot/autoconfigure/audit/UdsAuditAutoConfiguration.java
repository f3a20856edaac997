package io.github.udsboot.autoconfigure.audit;

import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.autoconfigure.audit.AuditAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

import io.github.udsboot.listener.UdsConnectionRefusalListener;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for audit events of refused
 * connections, as soon as there is an {@link AuditEventRepository}.
 */
@AutoConfiguration(after = AuditAutoConfiguration.class)
@ConditionalOnClass({ AuditEventRepository.class, AuditAutoConfiguration.class })
@ConditionalOnBean(AuditEventRepository.class)
@ConditionalOnBooleanProperty(name = "uds.enabled", matchIfMissing = true)
public final class UdsAuditAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "udsRefusedConnectionAuditor")
	UdsConnectionRefusalListener udsRefusedConnectionAuditor(ApplicationEventPublisher publisher) {
		return new RefusedConnectionAuditor(publisher);
	}

}
