package keyturn.bridge

import keyturn.core.CandidateView
import keyturn.core.ContestedView
import keyturn.core.CoreException
import keyturn.core.InspectionView
import keyturn.core.QuestionView
import keyturn.core.SyncStatus
import keyturn.core.TaskCard

/** What a call came to. Nothing was changed by one that failed. */
sealed interface Outcome<out T> {
    data class Done<T>(val value: T) : Outcome<T>

    data class Failed(val advice: Advice, val code: String) : Outcome<Nothing>
}

/** What the app can do about a failure. */
enum class Advice { RETRY, ENROL, MAKE_ROOM, REDRAW, UPDATE, SHOW }

/** A text in both languages. */
data class Words(val zh: String, val en: String)

/** Something to do at a place, and the record that it produces. */
data class Task(
    val id: String,
    val record: String,
    val placeName: Words,
    val day: String,
    val state: String,
    val answered: Int,
    val asked: Int,
    val contested: Int,
)

/** One side of a disagreement: a value, and who wrote it. */
data class Side(val value: String, val users: List<String>)

/** A field on which people disagree; [value] counts meanwhile. */
data class Contested(val field: String, val value: String, val sides: List<Side>)

/** One question; [result] is empty while nobody answered. */
data class Question(val key: String, val result: String, val mustTest: Boolean, val contested: Boolean)

/** An inspection as one screen; [seen] goes back with every command that the screen gives. */
data class Inspection(
    val record: String,
    val seen: List<String>,
    val state: String,
    val rooms: Map<String, List<Question>>,
    val contested: List<Contested>,
) {
    val questions: List<Question> get() = rooms.values.flatten()
}

/** How far all work on this phone is: saved here, received by the server, in backup, or stuck. */
data class Standing(val saved: Long, val received: Long, val inBackup: Long, val queued: Long, val stuck: Long)

internal fun failed(error: CoreException): Outcome.Failed = when (error) {
    is CoreException.Retry -> Outcome.Failed(Advice.RETRY, error.code)
    is CoreException.Enrol -> Outcome.Failed(Advice.ENROL, error.code)
    is CoreException.MakeRoom -> Outcome.Failed(Advice.MAKE_ROOM, error.code)
    is CoreException.Redraw -> Outcome.Failed(Advice.REDRAW, error.code)
    is CoreException.Update -> Outcome.Failed(Advice.UPDATE, error.code)
    is CoreException.Show -> Outcome.Failed(Advice.SHOW, error.code)
}

internal fun TaskCard.toTask() =
    Task(task, record, Words(placeName.zh, placeName.en), day, state, answered.toInt(), asked.toInt(), contested.toInt())

internal fun InspectionView.toInspection() = Inspection(
    record = record,
    seen = seen,
    state = life.state,
    rooms = rooms.associate { room -> room.room to room.questions.map(QuestionView::toQuestion) },
    contested = contested.map(ContestedView::toContested),
)

internal fun QuestionView.toQuestion() = Question(key, result.value, mustTest, result.contested.isNotEmpty())

internal fun ContestedView.toContested() = Contested(field, value, candidates.map(CandidateView::toSide))

internal fun CandidateView.toSide() = Side(value, by.map { it.user })

internal fun SyncStatus.toStanding() =
    Standing(saved.toLong(), received.toLong(), inBackup.toLong(), queued.toLong(), stuck.toLong())
