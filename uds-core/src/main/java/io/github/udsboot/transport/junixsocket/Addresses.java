package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.newsclub.net.unix.AFUNIXSocketAddress;

import io.github.udsboot.transport.BindFailedException;
import io.github.udsboot.transport.BindFailedException.Reason;
import io.github.udsboot.transport.UdsAddress;

/**
 * Turns addresses into junixsocket's.
 */
final class Addresses {

	/** The most bytes of an abstract name: an address holds 108, the first is NUL. */
	private static final int ABSTRACT_NAME_BYTES = 107;

	private Addresses() {
	}

	/**
	 * Turn an address into junixsocket's, which does not check the length of abstract
	 * names.
	 * @param address the address
	 * @return junixsocket's
	 * @throws IOException if the address is too long
	 */
	static AFUNIXSocketAddress of(UdsAddress address) throws IOException {
		if (!address.isAbstract()) {
			return AFUNIXSocketAddress.of(address.path());
		}
		int length = address.abstractName().getBytes(StandardCharsets.UTF_8).length;
		if (length > ABSTRACT_NAME_BYTES) {
			throw new BindFailedException(
					Reason.PATH_TOO_LONG, address, "The abstract name '" + address + "' has " + length
							+ " bytes after the '@'; the limit is " + ABSTRACT_NAME_BYTES,
					"Choose a shorter name.", null);
		}
		return AFUNIXSocketAddress.inAbstractNamespace(address.abstractName());
	}

}
