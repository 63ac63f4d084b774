//! Secrets that are shown once and stored as hashes.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keyturn_domain::{Hash, Ids};

/// Crockford's alphabet: no letter that is read as a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Twelve letters, sixty bits: nobody guesses one within fifteen minutes.
const LETTERS: usize = 12;

/// A secret and the only thing that is stored of it.
#[derive(Clone)]
pub struct Secret {
    /// Shown once, to whom it is for.
    pub text: String,
    /// Stored.
    pub hash: Hash,
}

impl Secret {
    /// Makes a token: 32 random bytes, base64url.
    pub fn token(ids: &dyn Ids) -> Self {
        let mut bytes = [0; 32];
        ids.fill(&mut bytes);
        let text = URL_SAFE_NO_PAD.encode(bytes);
        Self {
            hash: Hash::of(text.as_bytes()),
            text,
        }
    }

    /// Makes an enrolment code such as `7QK2-M9XD-40FA`.
    pub fn code(ids: &dyn Ids) -> Self {
        let mut bytes = [0; LETTERS];
        ids.fill(&mut bytes);
        let mut text = String::new();
        for (n, byte) in bytes.iter().enumerate() {
            if n > 0 && n % 4 == 0 {
                text.push('-');
            }
            let letter = ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or(b'0');
            text.push(char::from(letter));
        }
        Self {
            hash: code_hash(&text),
            text,
        }
    }
}

/// Returns the hash of an enrolment code as a person types it: case, hyphens and spaces do not matter, O is 0, I and L
/// are 1.
pub fn code_hash(typed: &str) -> Hash {
    let plain: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        })
        .collect();
    Hash::of(plain.as_bytes())
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}
