package io.github.udsboot.readme;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * The application whose tests the documentation shows. Without a scan: the examples of
 * this package do not belong together.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ OrderHandlers.class, Shop.class, ClientConfiguration.class })
class TestedApplication {

}
