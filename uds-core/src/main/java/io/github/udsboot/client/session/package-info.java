/**
 * Exchanges and sessions without routes, as a client has them. Internal.
 */
@NullMarked
package io.github.udsboot.client.session;

import org.jspecify.annotations.NullMarked;
