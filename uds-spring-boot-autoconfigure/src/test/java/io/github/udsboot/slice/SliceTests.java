package io.github.udsboot.slice;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mockito.BDDMockito;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.json.JsonTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.service.UdsServiceProxy;
import io.github.udsboot.config.UnknownClientException;
import io.github.udsboot.slice.SliceApplication.Stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests of a part of an application that imports typed clients.
 */
class SliceTests {

	@Nested
	@JsonTest
	class WithoutTheClient {

		@Autowired
		private ApplicationContext context;

		@Test
		void theSliceStartsAndTheTypedClientSaysWhatIsMissingWhereItIsNeeded() {
			assertThat(this.context.getBeanProvider(UdsTemplate.class).stream()).isEmpty();
			assertThatException().isThrownBy(() -> this.context.getBean(Stock.class))
				.havingRootCause()
				.isInstanceOf(UnknownClientException.class)
				.withMessageContainingAll(Stock.class.getName(), "'default'", "@MockitoBean Stock");
		}

	}

	@Nested
	@JsonTest
	class WithAMock {

		@MockitoBean
		private Stock stock;

		@Autowired
		private ApplicationContext context;

		@Test
		void theMockTakesThePlaceOfTheTypedClient() {
			BDDMockito.given(this.stock.count("tea")).willReturn(7);
			assertThat(this.context.getBean(Stock.class).count("tea")).isEqualTo(7);
		}

	}

	@Nested
	@JsonTest(properties = "uds.client.path=/run/stock.sock")
	@ImportAutoConfiguration({ UdsAutoConfiguration.class, UdsClientAutoConfiguration.class })
	class WithTheClient {

		@Autowired
		private Stock stock;

		@Test
		void theTypedClientIsTheRealOne() {
			assertThat(this.stock).isInstanceOf(UdsServiceProxy.class);
		}

	}

}
