package io.github.udsboot.benchmark.load;

import java.util.function.LongSupplier;

/**
 * One stream of items, either way.
 */
public final class ItemsLoad {

	private ItemsLoad() {
	}

	/**
	 * Put the load on a client's server.
	 * @param load the load
	 * @param client the client
	 * @return what came of it, with items in the place of calls, and without latencies
	 */
	public static LoadResult run(Load load, EchoClient client) {
		return run(load, client, System::nanoTime);
	}

	static LoadResult run(Load load, EchoClient client, LongSupplier clock) {
		ItemCount count = new ItemCount(load, clock);
		if (load.kind() == Load.Kind.SERVER_STREAM) {
			client.takeItems(count.item(), count);
		}
		else {
			long arrived = client.sendItems(count.item(), count);
			if (arrived != count.total()) {
				throw new IllegalStateException(
						"Sent " + count.total() + " items, and " + arrived + " arrived at the server");
			}
		}
		return count.result();
	}

}
