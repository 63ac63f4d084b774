//! Finding by a few characters: what is equal to what, and the tokens that an index needs for it.
//!
//! Text and query are folded first ([`fold`]): full width is half width, upper case lower case. A term of the query then
//! stands in a line when each of its characters is equal to that of the line, or is the first letter of one of its
//! readings: `kg` finds 空鼓, and both `cx` and `zx` find 重修. A reading may also be typed out, the last one in part:
//! `fangshui`, `fshui` and `fangsh` find 防水. No character has a meaning of its own, so `%`, `_`, quotes
//! and emoji are found like any other.
//!
//! ```
//! use keyturn_domain::search::{Fit, Pattern, fold};
//!
//! let words = fold("墙面抹灰空鼓\nHollow plaster");
//! let fit = |query| Pattern::new(query).and_then(|p| p.fit(&words));
//! assert_eq!(fit("抹灰"), Some(Fit::Within));
//! assert_eq!(fit("qmmh"), Some(Fit::Begins));
//! assert_eq!(fit("ＨＯＬＬＯＷ　空"), Some(Fit::Within));
//! assert_eq!(fit("hollow"), Some(Fit::Begins));
//! assert_eq!(fit("%"), None);
//! ```

mod fold;
mod home;
mod initials;
mod pattern;
mod readings;
mod syllables;
mod tokens;

pub use fold::fold;
pub use home::{home_words, natural};
pub use pattern::{Fit, Pattern};
pub use tokens::Tokens;

/// The version of folding, initials and tokens. An index that was made by an older one is made again.
pub const SEARCH_FORM: u16 = 2;
