package io.github.udsboot.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Conditional;

/**
 * {@link Conditional @Conditional} that matches if there is a listener or a client.
 * Unlike {@link ConditionalOnBean @ConditionalOnBean} it also considers named ones, which
 * are not default candidates.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnUdsBeanCondition.class)
public @interface ConditionalOnUdsBean {

	/**
	 * The types of which there must be a bean.
	 * @return the types, any of which is sufficient
	 */
	Class<?>[] value();

}
