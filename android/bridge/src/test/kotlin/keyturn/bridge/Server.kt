package keyturn.bridge

import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/** A real `keyturn serve` over the demo project, and the commands of its operator. */
internal class Server(private val data: Path) : AutoCloseable {
    private var process: Process? = null

    /** Where it listens; the same after a restart. */
    var url = ""
        private set

    fun start() {
        val listen = if (url.isEmpty()) "127.0.0.1:0" else url.removePrefix("http://")
        val started = ProcessBuilder(binary, "--json", "serve", "--data", "$data", "--listen", listen)
            .redirectError(Files.createTempFile(data.parent, "serve", ".log").toFile())
            .start()
        process = started
        val line = checkNotNull(started.inputReader().readLine()) { "The server ended before it listened" }
        url = field(line, "listening")
    }

    /** Stops it as an operator does. */
    fun stop() {
        val running = process ?: return
        running.destroy()
        check(running.waitFor(30, TimeUnit.SECONDS)) { "The server did not stop" }
        check(running.exitValue() == 0) { "The server ended with ${running.exitValue()}" }
        process = null
    }

    fun loadDemo() {
        keyturn("project", "load", "demo")
    }

    /** Makes an enrolment code. */
    fun enrolmentCode(user: String): String = field(keyturn("device", "enrol", user, "--server", url), "code")

    override fun close() = stop()

    private fun keyturn(vararg command: String): String {
        val process = ProcessBuilder(binary, "--json", *command, "--data", "$data")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
        val said = process.inputReader().readText()
        check(process.waitFor() == 0) { "keyturn ${command.joinToString(" ")} ended with ${process.exitValue()}" }
        return said
    }

    private fun field(json: String, name: String): String =
        checkNotNull(Regex("\"$name\"\\s*:\\s*\"([^\"]+)\"").find(json)) { "No $name in $json" }.groupValues[1]

    private companion object {
        val binary: String = System.getProperty("keyturn.binary")
    }
}
