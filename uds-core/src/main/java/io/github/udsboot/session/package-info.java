/**
 * Connections of protocols whose messages follow each other, as the application sees
 * them, on either side.
 */
@NullMarked
package io.github.udsboot.session;

import org.jspecify.annotations.NullMarked;
