//! Generates the Kotlin and Swift bindings of keyturn-ffi; `tests/sections/kotlin` shows the call.

fn main() {
    uniffi::uniffi_bindgen_main();
}
