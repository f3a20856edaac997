package io.github.udsboot.autoconfigure;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

import io.github.udsboot.transport.UdsAddress;

/**
 * Details required to connect to the server of the primary client. A bean of this type
 * takes the place of {@code uds.client.path}; where the listener binds is
 * {@code uds.socket.path} at any rate.
 */
public interface UdsConnectionDetails extends ConnectionDetails {

	/**
	 * Return where the server listens.
	 * @return the path of the socket or an abstract name, in one of the forms of
	 * {@link UdsAddress}
	 */
	String getPath();

}
