package keyturn.bridge

import keyturn.core.CoreException
import keyturn.core.Event
import keyturn.core.Keyturn
import keyturn.core.Observer
import keyturn.core.OpenOptions
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.withContext
import java.nio.file.Path

/**
 * The core as an app sees it: own types, no exceptions for what can happen, nothing on the caller's thread.
 *
 * Every call may come from anywhere and is safe to repeat. After [close] no call is taken any more.
 */
class Phone private constructor(private val core: Keyturn, private val dispatcher: CoroutineDispatcher) : AutoCloseable {
    /** Binds this phone to the person for whom the code was made. */
    suspend fun enrol(code: String, deviceName: String): Outcome<Unit> =
        outcome { core.session().use { it.enrol(code, deviceName) } }

    /** Exchanges with the server until nothing is left to do. */
    suspend fun sync(): Outcome<Unit> = outcome { core.sync().use { it.run(STEPS) } }

    /** The person's tasks on this phone, by day. */
    suspend fun tasks(): Outcome<List<Task>> = outcome { core.tasks().use { it.mine() }.map { it.toTask() } }

    /** Begins the record of a task, or goes on with it. */
    suspend fun begin(task: String): Outcome<Inspection> =
        outcome { core.inspections().use { it.begin(task) }.toInspection() }

    /** Shows a record. */
    suspend fun open(record: String): Outcome<Inspection> =
        outcome { core.inspections().use { it.open(record) }.toInspection() }

    /** Answers a question; durable when it returns, with what the next command has seen. */
    suspend fun answer(record: String, seen: List<String>, question: String, result: String): Outcome<List<String>> =
        outcome { core.inspections().use { it.answer(record, seen, question, result, "", "") }.seen }

    /** Decides a contested field. */
    suspend fun settle(record: String, seen: List<String>, field: String, value: String): Outcome<List<String>> =
        outcome { core.inspections().use { it.settle(record, seen, field, value) }.seen }

    /** How far all work is: now, and whenever it changes. */
    fun standing(): Flow<Standing> = callbackFlow {
        val observer = object : Observer {
            override fun changed(event: Event) {
                if (event is Event.Status) trySend(event.v1.toStanding())
            }
        }
        val subscription = core.observe(observer)
        awaitClose { subscription.close() }
    }.conflate()

    override fun close() = core.close()

    private suspend fun <T> outcome(call: suspend () -> T): Outcome<T> = withContext(dispatcher) {
        try {
            Outcome.Done(call())
        } catch (error: CoreException) {
            failed(error)
        }
    }

    companion object {
        private const val STEPS = 1_000u

        /** Opens the phone's database in [folder], and creates it when missing. */
        suspend fun open(
            folder: Path,
            server: String,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): Outcome<Phone> = withContext(dispatcher) {
            try {
                val options = OpenOptions("$folder/phone.db", "$folder/device.key", server, BALLAST)
                Outcome.Done(Phone(Keyturn.open(options), dispatcher))
            } catch (error: CoreException) {
                failed(error)
            }
        }

        private const val BALLAST = 1_048_576uL
    }
}
