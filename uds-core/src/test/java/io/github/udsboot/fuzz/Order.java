package io.github.udsboot.fuzz;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * What a handler may ask for: a field of each type that JSON is read as.
 */
public record Order(long id, int count, Integer boxed, short small, double price, float rate, boolean paid, char mark,
		String item, BigDecimal amount, BigInteger large, UUID key, TimeUnit unit, Instant at, Duration within,
		LocalDate day, OffsetDateTime moment, ZoneId zone, URI link, Locale locale, Currency currency, byte[] bytes,
		int[] numbers, List<Order> parts, Map<String, Order> named, Map<Integer, Long> counts, Set<String> tags,
		Optional<String> remark, Object any) {

	static final String JSON = """
			{"id":7,"count":-2,"boxed":null,"small":3,"price":1.5e3,"rate":0.1,"paid":true,"mark":"x","item":"t\\u00e4",\
			"amount":12345678901234567890.001,"large":123456789012345678901234567890,\
			"key":"6f1c9a5e-3f0a-4f0e-9d0e-000000000001","unit":"SECONDS","at":"2026-11-30T12:00:00Z","within":"PT1.5S",\
			"day":"2026-11-30","moment":"2026-11-30T12:00:00+01:00","zone":"Europe/Berlin","link":"a:b","locale":"de_DE",\
			"currency":"EUR","bytes":"AAEC","numbers":[1,2],"parts":[{"id":8}],"named":{"a":{"id":9}},"counts":{"1":2},\
			"tags":["a","b"],"remark":"r","any":{"x":[1,null,"y",{}]}}""";

	public static byte[] json() {
		return JSON.getBytes(StandardCharsets.UTF_8);
	}

}
