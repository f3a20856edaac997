package io.github.udsboot.client.service;

/**
 * Marks the proxies of typed clients, so that none of them is mistaken for a bean that
 * serves the routes it calls.
 */
public interface UdsServiceProxy {

}
