package io.github.udsboot.readme;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import io.github.udsboot.client.UdsTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/* Shown in docs/testing.md. */
@SpringBootTest(properties = "uds.socket.path=${java.io.tmpdir}/${random.uuid}.sock")
class OrdersTests {

	@Autowired
	private UdsTemplate uds;

	@Test
	void anOrderIsFoundByItsNumber() {
		assertThat(this.uds.request("orders.get", new OrderId(42), Order.class).id()).isEqualTo(42);
	}

}
