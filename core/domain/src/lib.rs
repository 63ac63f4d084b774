//! Records, rules, CRDT documents and the gate. No I/O.
