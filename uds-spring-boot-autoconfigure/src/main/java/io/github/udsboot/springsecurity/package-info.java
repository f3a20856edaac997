/**
 * Spring Security for the handlers of listeners: the caller's authentication, and rules
 * about who may call what.
 */
@NullMarked
package io.github.udsboot.springsecurity;

import org.jspecify.annotations.NullMarked;
