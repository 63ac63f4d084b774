//! The header of a change, read without the library: cheap enough to group and attribute by.

use super::chunk::{self, Reader};
use super::limits::{ACTOR_BYTES, AUTHOR_BYTES, Limits, OP_END, TIMES};
use super::{Refusal, RefusalCode};
use crate::document::Author;
use crate::ids::Hash;

/// What stands at the head of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The hash of the change, computed from its bytes.
    pub hash: Hash,
    /// The actor: 16 to 32 bytes.
    pub actor: Vec<u8>,
    /// Its place among the changes of its actor, from 1.
    pub seq: u64,
    /// The number of its first operation.
    pub start_op: u64,
    /// The number of its last operation.
    pub max_op: u64,
    /// The changes that it depends on, sorted.
    pub deps: Vec<Hash>,
    /// Who its actor claims to be; only a first change says so, and a genesis never.
    pub author: Option<Author>,
    /// The device's time, to be shown and never to be ordered by.
    pub at_ms: i64,
}

const AUTHOR_FOOTER: u64 = 1;

impl Header {
    /// Reads the header of one change, and checks what can be checked without a document: the kind of chunk, the hash,
    /// the actor, the footer, and that few bytes do not unfold into many operations.
    ///
    /// # Errors
    /// The refusal, at step `caps` or `header`.
    pub fn peek(bytes: &[u8]) -> Result<Self, Refusal> {
        Self::read(bytes, &Limits::SERVER).map_err(|(_, refusal)| refusal)
    }

    /// As [`Header::peek`]; a refused change has a hash as soon as its frame is sound.
    pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Self, (Option<Hash>, Refusal)> {
        if bytes.len() > limits.document_bytes {
            return Err((None, chunk::caps(RefusalCode::TooLarge)));
        }
        let (hash, content) = chunk::open(bytes).map_err(|refusal| (None, refusal))?;
        Self::of_content(hash, content, limits).map_err(|refusal| (Some(hash), refusal))
    }

    fn of_content(hash: Hash, mut content: Reader<'_>, limits: &Limits) -> Result<Self, Refusal> {
        let malformed = || chunk::header(RefusalCode::Malformed);
        let mut deps = Vec::new();
        for _ in 0..content.unsigned().ok_or_else(malformed)? {
            deps.push(content.hash().ok_or_else(malformed)?);
        }
        let actor = content.prefixed().ok_or_else(malformed)?;
        let seq = content.unsigned().ok_or_else(malformed)?;
        let start_op = content.unsigned().ok_or_else(malformed)?;
        let at_ms = content.signed().ok_or_else(malformed)?;
        let message = content.prefixed().ok_or_else(malformed)?;
        let mut actors_fit = ACTOR_BYTES.contains(&actor.len());
        for _ in 0..content.unsigned().ok_or_else(malformed)? {
            let other = content.prefixed().ok_or_else(malformed)?;
            actors_fit &= ACTOR_BYTES.contains(&other.len());
        }
        let operations = chunk::operations(&mut content, limits.operations)?;
        let max_op = start_op.saturating_add(operations).saturating_sub(1);
        check(actors_fit, RefusalCode::BadActor)?;
        check(TIMES.contains(&at_ms), RefusalCode::BadTime)?;
        check(message.is_empty(), RefusalCode::Message)?;
        check(deps.is_sorted_by(|a, b| a < b) && seq > 0, RefusalCode::Malformed)?;
        check(operations > 0, RefusalCode::Empty)?;
        check(start_op > 0, RefusalCode::StartOpLow)?;
        check(max_op < OP_END, RefusalCode::StartOpJump)?;
        Ok(Self {
            hash,
            actor: actor.to_vec(),
            seq,
            start_op,
            max_op,
            deps,
            author: author(content, seq)?,
            at_ms,
        })
    }

    /// How many operations it has.
    pub(super) const fn operations(&self) -> u64 {
        self.max_op - self.start_op + 1
    }
}

/// The bytes at the end: none, or an author on the first change of an actor. On a later one the library panics.
fn author(mut footer: Reader<'_>, seq: u64) -> Result<Option<Author>, Refusal> {
    if footer.0.is_empty() {
        return Ok(None);
    }
    let extra = || chunk::header(RefusalCode::ExtraBytes);
    let kind = footer.unsigned();
    let author = footer.prefixed().ok_or_else(extra)?;
    let fits = kind == Some(AUTHOR_FOOTER) && footer.0.is_empty() && AUTHOR_BYTES.contains(&author.len());
    check(fits, RefusalCode::ExtraBytes)?;
    check(seq == 1, RefusalCode::LateAuthor)?;
    Ok(Author::from_automerge(&automerge::Author::from(author)))
}

const fn check(holds: bool, code: RefusalCode) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(chunk::header(code)) }
}
