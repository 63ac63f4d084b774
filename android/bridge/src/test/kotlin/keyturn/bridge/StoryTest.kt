package keyturn.bridge

import keyturn.core.version
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class StoryTest {
    @Test
    fun `the core answers`() {
        assertEquals("0.1.0", version())
    }
}
