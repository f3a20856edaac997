package io.github.udsboot.readme;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

import org.springframework.stereotype.Component;

import io.github.udsboot.annotation.UdsHandler;

@Component
class SupplierHandler {

	final Semaphore asked = new Semaphore(0);

	final Semaphore stopped = new Semaphore(0);

	@UdsHandler("suppliers.price")
	String price(String item) throws InterruptedException {
		if (!item.equals("moon")) {
			return "3";
		}
		this.asked.release();
		try {
			new CountDownLatch(1).await();
			return "never";
		}
		catch (InterruptedException ex) {
			this.stopped.release();
			throw ex;
		}
	}

}
