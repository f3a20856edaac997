package io.github.udsboot.config.contracts;

import io.github.udsboot.annotation.UdsExchange;

/**
 * Found by what it extends.
 */
@UdsExchange("invoices")
public interface Invoices extends Readable<String> {

}
