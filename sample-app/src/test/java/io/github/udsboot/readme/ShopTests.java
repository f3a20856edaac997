package io.github.udsboot.readme;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/* Shown in docs/testing.md. */
@SpringBootTest
class ShopTests {

	@MockitoBean
	private StockService stock;

	@Autowired
	private Shop shop;

	@Test
	void whatIsOutOfStockIsNotSold() {
		given(this.stock.count("tea")).willReturn(3);
		assertThat(this.shop.sells("tea")).isTrue();
		assertThat(this.shop.sells("coffee")).isFalse();
	}

}
