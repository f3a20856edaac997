/**
 * What every call of a client has, whatever carries it: limits, deadlines, interceptors,
 * its outcome and the exceptions thrown for it. Internal.
 */
@NullMarked
package io.github.udsboot.client.call;

import org.jspecify.annotations.NullMarked;
