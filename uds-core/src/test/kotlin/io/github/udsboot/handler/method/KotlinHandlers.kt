package io.github.udsboot.handler.method

import java.util.concurrent.CountDownLatch
import kotlin.coroutines.coroutineContext
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.reduce
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.reactor.ReactorContext
import kotlinx.coroutines.runBlocking
import org.springframework.messaging.handler.annotation.Header
import org.springframework.messaging.handler.annotation.MessageExceptionHandler

import io.github.udsboot.PeerCredentials
import io.github.udsboot.annotation.UdsExchange

/** A client as it is written in Kotlin. */
interface KotlinClient {

	@UdsExchange("deferred")
	fun deferred(text: String): Deferred<String>

	@UdsExchange("count")
	fun count(last: Int): Flow<Int>

	@UdsExchange("sum")
	fun sum(numbers: Flow<Int>): Int

}

/** Calls the client, and waits. */
fun KotlinClient.callAll(): List<Any> = runBlocking {
	listOf(deferred("much").await(), count(3).toList(), sum(flowOf(1, 2, 3)))
}

/** Handlers as they are written in Kotlin. */
open class KotlinHandlers {

	val began = CountDownLatch(1)

	val stopped = CountDownLatch(1)

	open fun plain(text: String): String = "$text!"

	open suspend fun greet(name: String, @Header("tenant") tenant: String, peer: PeerCredentials): String {
		delay(1)
		return "Hello, $name of $tenant, from ${peer.user().name}"
	}

	open suspend fun contextual(): String {
		delay(5)
		return coroutineContext[ReactorContext]?.context?.getOrDefault("who", "nobody") ?: "no context"
	}

	open suspend fun nothing(text: String) {
		delay(1)
	}

	open suspend fun nullable(text: String?): String? = null

	open fun deferred(text: String): Deferred<String> = CompletableDeferred("$text later")

	open fun deferredNothing(text: String): Deferred<Unit> = CompletableDeferred(Unit)

	open suspend fun fails(text: String): String {
		delay(1)
		throw IllegalStateException("failed late: $text")
	}

	open suspend fun endless(): String {
		began.countDown()
		try {
			awaitCancellation()
		}
		finally {
			stopped.countDown()
		}
	}

	open fun count(last: Int): Flow<Int> = flow {
		for (number in 1..last) {
			delay(1)
			emit(number)
		}
	}

	open suspend fun countLater(last: Int): Flow<Int> {
		delay(1)
		return count(last)
	}

	open fun endlessFlow(): Flow<Int> = flow {
		try {
			emit(1)
			began.countDown()
			awaitCancellation()
		}
		finally {
			stopped.countDown()
		}
	}

	open suspend fun sum(numbers: Flow<Int>): Int = numbers.reduce { sum, number -> sum + number }

	open fun twice(numbers: Flow<Int>): Flow<Int> = numbers.map { it * 2 }

	@MessageExceptionHandler
	suspend fun failed(failure: IllegalStateException): String {
		delay(1)
		return "handled: ${failure.message}"
	}

	open suspend fun unresolved(user: java.nio.file.attribute.UserPrincipal): String = user.name

	open suspend fun two(a: String, b: String): String = "$a|$b"

}
