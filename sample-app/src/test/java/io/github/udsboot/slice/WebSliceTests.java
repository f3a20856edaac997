package io.github.udsboot.slice;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mockito.BDDMockito;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import io.github.udsboot.config.UnknownClientException;
import io.github.udsboot.slice.StockApplication.Stock;
import io.github.udsboot.slice.StockApplication.StockController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of a web slice.
 */
class WebSliceTests {

	@Test
	void aControllerThatNeedsTheTypedClientFailsWithItsName() {
		new WebApplicationContextRunner().withUserConfiguration(StockApplication.class)
			.withClassLoader(getClass().getClassLoader())
			.withPropertyValues("spring.autoconfigure.exclude="
					+ String.join(",", "io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration",
							"io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration"))
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.hasRootCauseInstanceOf(UnknownClientException.class)
				.hasStackTraceContaining(Stock.class.getName())
				.hasStackTraceContaining("@MockitoBean Stock"));
	}

	@Nested
	@WebMvcTest(StockController.class)
	class WithAMock {

		@MockitoBean
		private Stock stock;

		@Autowired
		private MockMvcTester web;

		@Test
		void theControllerIsTestedWithoutASocket() {
			BDDMockito.given(this.stock.count("tea")).willReturn(7);
			assertThat(this.web.get().uri("/stock/tea")).hasStatusOk().hasBodyTextEqualTo("7");
		}

	}

}
