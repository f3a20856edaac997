package io.github.udsboot.handler.method

import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import org.springframework.stereotype.Component

import io.github.udsboot.annotation.UdsHandler

/* Shown in docs/handlers.md. */
@Component
class WeatherHandlers {

	@UdsHandler("weather.now")
	suspend fun now(city: String): String {
		delay(10)
		return "sunny in $city"
	}

	@UdsHandler("weather.changes")
	fun changes(city: String): Flow<String> = flow {
		emit(now(city))
		delay(10)
		emit("rain in $city")
	}

}
