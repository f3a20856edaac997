package io.github.udsboot.autoconfigure;

import java.util.Set;

/**
 * What an application that was built ahead of time has beans for, wanted or not.
 *
 * @param beanNames the names of the beans
 */
record BuiltSockets(Set<String> beanNames) {

	/** The name of the bean of this type. */
	static final String BEAN_NAME = "udsBuiltSockets";

}
