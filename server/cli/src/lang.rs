//! Which language this program speaks: `--lang`, else the environment, else Chinese.

/// A language that every message exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Finds the language before anything is parsed, because the help texts need it.
    pub fn find(args: &[String], env: impl Fn(&str) -> Option<String>) -> Self {
        let mut args = args.iter().take_while(|arg| *arg != "--");
        while let Some(arg) = args.next() {
            let value = match arg.strip_prefix("--lang") {
                Some("") => args.next().map(String::as_str),
                Some(rest) => rest.strip_prefix('='),
                None => None,
            };
            match value {
                Some("zh") => return Self::Zh,
                Some("en") => return Self::En,
                _ => {}
            }
        }
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(env)
            .find(|value| !value.is_empty());
        set.as_deref().map_or(Self::Zh, Self::of_locale)
    }

    /// `C` and `POSIX` name no language: as if nothing was set.
    fn of_locale(locale: &str) -> Self {
        let none = ["C", "POSIX"].iter().any(|n| {
            locale
                .strip_prefix(n)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        if none || locale.starts_with("zh") {
            Self::Zh
        } else {
            Self::En
        }
    }

    /// Returns the text of this language.
    pub const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(args: &[&str], lang: Option<&str>) -> Lang {
        let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
        Lang::find(&args, |name| {
            (name == "LANG").then(|| lang.map(str::to_owned)).flatten()
        })
    }

    #[test]
    fn the_flag_wins_then_the_environment_then_chinese() {
        assert_eq!(find(&[], None), Lang::Zh);
        assert_eq!(find(&[], Some("C.UTF-8")), Lang::Zh);
        assert_eq!(find(&[], Some("zh_CN.UTF-8")), Lang::Zh);
        assert_eq!(find(&[], Some("en_GB.UTF-8")), Lang::En);
        assert_eq!(find(&["user", "list", "--lang", "en"], None), Lang::En);
        assert_eq!(find(&["--lang=zh", "serve"], Some("en_US")), Lang::Zh);
        assert_eq!(find(&["x", "--", "--lang", "en"], None), Lang::Zh);
    }
}
