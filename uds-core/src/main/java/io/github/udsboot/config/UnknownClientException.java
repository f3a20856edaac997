package io.github.udsboot.config;

/**
 * A typed client refers to a client that does not exist.
 */
public class UnknownClientException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final String client;

	private final String serviceType;

	/**
	 * Create an exception.
	 * @param client the name of the client
	 * @param serviceType the interface of the typed client
	 */
	public UnknownClientException(String client, Class<?> serviceType) {
		super("The typed client " + serviceType.getName() + " belongs to the client '" + client + "', and there is no "
				+ (client.equals(ImportUdsExchanges.DEFAULT_CLIENT) ? "UdsTemplate"
						: "UdsOperations bean with that qualifier or name")
				+ ". A test of a part of the application replaces it: @MockitoBean " + serviceType.getSimpleName());
		this.client = client;
		this.serviceType = serviceType.getName();
	}

	/**
	 * Return the client that does not exist.
	 * @return its name
	 */
	public String getClient() {
		return this.client;
	}

	/**
	 * Return the typed client.
	 * @return the name of its interface
	 */
	public String getServiceType() {
		return this.serviceType;
	}

}
