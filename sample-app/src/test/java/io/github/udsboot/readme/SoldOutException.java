package io.github.udsboot.readme;

class SoldOutException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String delivery;

	SoldOutException(String delivery) {
		this.delivery = delivery;
	}

	String delivery() {
		return this.delivery;
	}

}
