/**
 * Spring's RestClient and Tomcat.
 */
@NullMarked
package io.github.udsboot.benchmark.peer.http;

import org.jspecify.annotations.NullMarked;
