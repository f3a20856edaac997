package io.github.udsboot.autoconfigure.client;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

import io.github.udsboot.transport.UdsAddress;

/**
 * Details required to connect to the server of the primary client. A bean of this type
 * replaces {@code uds.client.path}; the listener always binds to {@code uds.socket.path}.
 */
public interface UdsConnectionDetails extends ConnectionDetails {

	/**
	 * Return where the server listens.
	 * @return the path of the socket or an abstract name, in one of the forms of
	 * {@link UdsAddress}
	 */
	String getPath();

}
