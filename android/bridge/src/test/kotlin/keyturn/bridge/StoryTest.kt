package keyturn.bridge

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path

/** The demo's story, told through the bindings: two phones, one flat, no signal, one record. */
class StoryTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `two phones offline in one flat end with one record that shows what both saw`() = runBlocking<Unit> {
        Server(folder.resolve("server")).use { server ->
            server.start()
            server.loadDemo()
            val names = listOf("eng01", "amb01")
            var (engineer, ambassador) = names.map { phone(it, server) }
            for ((phone, name) in listOf(engineer, ambassador).zip(names)) {
                phone.enrol(server.enrolmentCode(name), name).done()
                phone.sync().done()
            }
            val tasks = engineer.tasks().done().map { it.id } intersect ambassador.tasks().done().map { it.id }.toSet()
            val task = tasks.first()

            server.stop()
            val record = engineer.begin(task).done().record
            assertEquals(record, ambassador.begin(task).done().record)
            val (both, first, second) = engineer.open(record).done().questions.map { it.key }
            engineer.answers(record, both to "ok", first to "ok")
            ambassador.answers(record, both to "defect", second to "not_applicable")
            assertEquals(Advice.RETRY, failed(engineer.sync()).advice)

            engineer.close()
            engineer = phone("eng01", server)
            assertEquals("ok", engineer.result(record, first))
            assertTrue(engineer.standing().first().queued > 0)

            server.start()
            for (phone in listOf(engineer, ambassador, engineer)) phone.sync().done()
            for (phone in listOf(engineer, ambassador)) {
                val shown = phone.open(record).done()
                assertEquals(listOf("ok", "not_applicable"), listOf(first, second).map { phone.result(record, it) })
                val contested = shown.contested.single()
                assertEquals("answers/$both/result", contested.field)
                assertEquals("defect", contested.value)
                assertEquals(setOf("ok", "defect"), contested.sides.map { it.value }.toSet())
                assertEquals(2, contested.sides.flatMap { it.users }.toSet().size)
            }

            val shown = engineer.open(record).done()
            val refused = failed(engineer.answer(record, shown.seen, both, "ok"))
            assertEquals("contested", refused.code)
            engineer.settle(record, shown.seen, shown.contested.single().field, "defect").done()
            for (phone in listOf(engineer, ambassador, engineer)) phone.sync().done()

            for (phone in listOf(engineer, ambassador)) phone.close()
            for (name in names) {
                phone(name, server).use { phone ->
                    assertEquals(emptyList<Contested>(), phone.open(record).done().contested)
                    assertEquals("defect", phone.result(record, both))
                    val standing = phone.standing().first()
                    assertEquals(standing.saved, standing.received)
                    assertEquals(listOf(0L, 0L), listOf(standing.queued, standing.stuck))
                }
            }
        }
    }

    @Test
    fun `a phone that is not enrolled says what to do`() = runBlocking<Unit> {
        Phone.open(folder, "http://127.0.0.1:9").done().use { phone ->
            assertEquals(Outcome.Failed(Advice.ENROL, "not_enrolled"), phone.sync())
            assertEquals(Advice.RETRY, failed(phone.enrol("no-server-here", "test")).advice)
            assertEquals(Standing(0, 0, 0, 0, 0), phone.standing().first())
        }
    }

    private suspend fun phone(name: String, server: Server): Phone =
        Phone.open(Files.createDirectories(folder.resolve(name)), server.url).done()

    private suspend fun Phone.answers(record: String, vararg answers: Pair<String, String>) {
        answers.fold(open(record).done().seen) { seen, (question, result) ->
            answer(record, seen, question, result).done()
        }
    }

    private suspend fun Phone.result(record: String, question: String): String =
        open(record).done().questions.single { it.key == question }.result

    private fun <T> Outcome<T>.done(): T = when (this) {
        is Outcome.Done -> value
        is Outcome.Failed -> throw AssertionError("$advice: $code")
    }

    private fun failed(outcome: Outcome<*>): Outcome.Failed = assertInstanceOf(Outcome.Failed::class.java, outcome)
}
