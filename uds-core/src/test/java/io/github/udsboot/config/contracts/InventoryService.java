package io.github.udsboot.config.contracts;

/**
 * Implements a contract, is none.
 */
public class InventoryService implements Inventory {

	@Override
	public int count() {
		return 0;
	}

	@Override
	public String read() {
		return "";
	}

}
