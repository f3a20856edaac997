package io.github.udsboot.benchmark.contender;

import io.github.udsboot.benchmark.load.Load;
import io.github.udsboot.benchmark.load.LoadResult;

/**
 * A server and a client, each in a process of its own.
 */
public interface Session extends AutoCloseable {

	/**
	 * Put a load on the server.
	 * @param load the load
	 * @return what came of it
	 */
	LoadResult run(Load load);

	@Override
	void close();

}
