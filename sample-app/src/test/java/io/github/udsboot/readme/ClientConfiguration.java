package io.github.udsboot.readme;

import org.springframework.context.annotation.Configuration;

import io.github.udsboot.config.ImportUdsExchanges;

/* Shown in the README. */
@Configuration
@ImportUdsExchanges(StockService.class)
class ClientConfiguration {

}
