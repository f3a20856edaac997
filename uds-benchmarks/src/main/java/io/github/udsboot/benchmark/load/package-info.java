/**
 * What load is put on a server, and what came of it.
 */
@NullMarked
package io.github.udsboot.benchmark.load;

import org.jspecify.annotations.NullMarked;
