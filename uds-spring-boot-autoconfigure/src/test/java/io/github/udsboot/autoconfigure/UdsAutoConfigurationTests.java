package io.github.udsboot.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.AbstractMessageConverter;
import org.springframework.util.MimeTypeUtils;
import tools.jackson.databind.json.JsonMapper;

import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsConnectionDetails;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.listener.UdsListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;

class UdsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, UdsAutoConfiguration.class,
				UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class));

	@Test
	void whenNoPathIsSetThenThereIsNeitherListenerNorTemplate() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context).doesNotHaveBean(UdsListenerContainer.class);
			assertThat(context).doesNotHaveBean(UdsTemplate.class);
			assertThat(context).doesNotHaveBean(UdsConnectionDetails.class);
		});
	}

	@Test
	void whenDisabledThenNothingIsConfigured() {
		this.contextRunner.withPropertyValues("uds.enabled=false", "uds.socket.path=/tmp/uds-unused.sock")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(UdsListenerContainer.class);
				assertThat(context).doesNotHaveBean(HandlerRegistry.class);
				assertThat(context).doesNotHaveBean(UdsTemplate.class);
				assertThat(context).doesNotHaveBean(UdsConnectionDetails.class);
				assertThat(context).doesNotHaveBean(PayloadConverter.class);
			});
	}

	@Test
	void whenJacksonIsConfiguredThenPayloadsFollowItsConfiguration() {
		this.contextRunner.withPropertyValues("spring.jackson.property-naming-strategy=SNAKE_CASE")
			.run((context) -> assertThat(json(context.getBean(PayloadConverter.class)))
				.isEqualTo("{\"first_name\":\"Ada\"}"));
	}

	@Test
	void whenThereIsNoJsonMapperThenPayloadsFollowTheDefaults() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class))
			.run((context) -> assertThat(json(context.getBean(PayloadConverter.class)))
				.isEqualTo("{\"firstName\":\"Ada\"}"));
	}

	@Test
	void whenJacksonIsNotOnTheClassPathThenBytesAndTextAreStillConverted() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(JsonMapper.class)).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context).doesNotHaveBean(PayloadConverterCustomizer.class);
			PayloadConverter converter = context.getBean(PayloadConverter.class);
			assertThat(converter.toPayload("text")).isEqualTo("text".getBytes(StandardCharsets.UTF_8));
		});
	}

	@Test
	void whenCustomizersAreDefinedThenTheyChangeTheConverter() {
		this.contextRunner.withUserConfiguration(CustomConverter.class).run((context) -> {
			PayloadConverter converter = context.getBean(PayloadConverter.class);
			assertThat(converter.toPayload(List.of("a", "b"))).isEqualTo("a|b".getBytes(StandardCharsets.UTF_8));
		});
	}

	@Test
	void whenAConverterIsDefinedThenItIsUsed() {
		PayloadConverter own = PayloadConverter.defaults();
		this.contextRunner.withBean(PayloadConverter.class, () -> own)
			.run((context) -> assertThat(context.getBean(PayloadConverter.class)).isSameAs(own));
	}

	@Test
	void whenTheSocketHasAPathThenTheClientConnectsThere() {
		this.contextRunner.withPropertyValues("uds.listener.enabled=false", "uds.socket.path=/run/a.sock")
			.run((context) -> assertThat(context.getBean(UdsConnectionDetails.class).getPath())
				.isEqualTo("/run/a.sock"));
	}

	@Test
	void whenTheClientHasAPathThenItGoesBeforeThatOfTheSocket() {
		this.contextRunner
			.withPropertyValues("uds.listener.enabled=false", "uds.socket.path=/run/a.sock",
					"uds.client.path=/run/b.sock")
			.run((context) -> assertThat(context.getBean(UdsConnectionDetails.class).getPath())
				.isEqualTo("/run/b.sock"));
	}

	@Test
	void whenConnectionDetailsAreDefinedThenTheyGoBeforeTheProperties() {
		this.contextRunner.withPropertyValues("uds.client.path=/run/b.sock")
			.withBean(UdsConnectionDetails.class, () -> () -> "/run/c.sock")
			.run((context) -> {
				assertThat(context).hasSingleBean(UdsConnectionDetails.class);
				assertThat(context.getBean(UdsTemplate.class).getConnectionFactory().getAddress())
					.hasToString("/run/c.sock");
			});
	}

	private static String json(PayloadConverter converter) {
		return new String(converter.toPayload(new Named("Ada")), StandardCharsets.UTF_8);
	}

	record Named(String firstName) {

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomConverter {

		@Bean
		PayloadConverterCustomizer listsByPipe() {
			return (builder) -> builder.converter(new PipeConverter());
		}

	}

	static class PipeConverter extends AbstractMessageConverter {

		PipeConverter() {
			super(MimeTypeUtils.TEXT_PLAIN);
			setContentTypeResolver(null);
		}

		@Override
		protected boolean supports(Class<?> type) {
			return List.class.isAssignableFrom(type);
		}

		@Override
		protected Object convertToInternal(Object payload, @Nullable MessageHeaders headers, @Nullable Object hint) {
			return String.join("|", ((List<?>) payload).stream().map(String::valueOf).toList());
		}

		@Override
		protected Object convertFromInternal(Message<?> message, Class<?> targetClass, @Nullable Object hint) {
			throw new UnsupportedOperationException();
		}

	}

}
