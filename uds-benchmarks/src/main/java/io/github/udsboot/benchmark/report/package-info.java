/**
 * Results as CSV, as plots and as a report, and the check of the goals.
 */
@NullMarked
package io.github.udsboot.benchmark.report;

import org.jspecify.annotations.NullMarked;
