//! A change written byte by byte, for what the library would not write.

use sha2::Digest;

/// The parts of a change chunk. The hash is right whatever they are.
#[derive(Clone, Debug, Default)]
pub struct Raw {
    /// Changes that it depends on.
    pub deps: Vec<[u8; 32]>,
    /// The actor.
    pub actor: Vec<u8>,
    /// Its place among the changes of its actor.
    pub seq: u64,
    /// The number of its first operation.
    pub start_op: u64,
    /// Other actors that its columns refer to.
    pub others: Vec<Vec<u8>>,
    /// Columns: specification and data.
    pub columns: Vec<(u64, Vec<u8>)>,
    /// What stands at the end.
    pub extra: Vec<u8>,
}

impl Raw {
    /// Returns the chunk.
    #[must_use]
    pub fn chunk(&self) -> Vec<u8> {
        let mut content = unsigned(self.deps.len() as u64);
        self.deps.iter().for_each(|dep| content.extend(dep));
        content.extend(prefixed(&self.actor));
        content.extend(unsigned(self.seq));
        content.extend(unsigned(self.start_op));
        content.extend([0, 0]); // time, message
        content.extend(unsigned(self.others.len() as u64));
        self.others.iter().for_each(|other| content.extend(prefixed(other)));
        content.extend(unsigned(self.columns.len() as u64));
        for (column, data) in &self.columns {
            content.extend(unsigned(*column));
            content.extend(unsigned(data.len() as u64));
        }
        self.columns.iter().for_each(|(_, data)| content.extend(data));
        content.extend(&self.extra);
        frame(1, &content, &unsigned(content.len() as u64))
    }
}

/// Puts a frame with the right checksum around a content; `length` is written as given.
pub fn frame(kind: u8, content: &[u8], length: &[u8]) -> Vec<u8> {
    let hash = sha2::Sha256::new()
        .chain_update([kind])
        .chain_update(length)
        .chain_update(content)
        .finalize();
    let mut chunk = vec![0x85, 0x6f, 0x4a, 0x83];
    chunk.extend(&hash[..4]);
    chunk.push(kind);
    chunk.extend(length);
    chunk.extend(content);
    chunk
}

/// A number in LEB128.
pub(super) fn unsigned(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let part = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(part);
            return bytes;
        }
        bytes.push(part | 0x80);
    }
}

/// A signed number in LEB128.
pub(super) fn signed(mut number: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let part = (number & 0x7f) as u8;
        number >>= 7;
        if (number == 0 && part & 0x40 == 0) || (number == -1 && part & 0x40 != 0) {
            bytes.push(part);
            return bytes;
        }
        bytes.push(part | 0x80);
    }
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [unsigned(bytes.len() as u64), bytes.to_vec()].concat()
}
