//! How a cell is written: read once, here, into a value, with words for whoever wrote something else.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat};
use keyturn_domain::Hash;
use keyturn_domain::catalog::{Catalog, MonthDay, PlainCode, Text};
use keyturn_domain::rows::Quiet;
use uuid::Uuid;

use super::problem::words;
use crate::users::Role;

/// The most letters of a cell.
pub const LONGEST: usize = 4_000;

/// How a cell is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// A stable code: `a-z 0-9 . _ -`.
    Code,
    /// Any text.
    Words,
    /// The name under which somebody logs in.
    Login,
    /// The name of a file, without a folder.
    File,
    /// A whole number.
    Whole(i64, i64),
    /// Metres of one pixel.
    Scale,
    /// `2026-12-04`.
    Date,
    /// `09:00`.
    Time,
    /// `2026-11-20T08:00:00.000Z`.
    Moment,
    /// `11-15`.
    MonthDay,
    /// A time zone.
    Zone,
    /// `1` or `0`.
    Flag,
    /// SHA-256, 64 hexadecimal digits.
    Sha256,
    /// `21:00-08:00|12:00-14:00`; `-` where there shall be none.
    Periods,
    /// `6|7`; 1 is Monday.
    Weekdays,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// A code of the built-in data.
    Known(Known),
    /// Several of them.
    KnownList(Known),
    /// A code that a row of this table has, in the files or on the server.
    Ref(&'static str),
    /// Several of them.
    Refs(&'static str),
    /// The number of a person in the household, or the id of its row.
    Person,
    /// A code with colons, or the id of a row.
    Named,
}

/// Lists of the built-in data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Checklist templates.
    Template,
    /// Sets of limits.
    Ruleset,
    /// Deadlines of complaints.
    ComplaintProfile,
    /// Periods of warranty.
    WarrantyProfile,
    /// Clauses of contracts.
    Clause,
    /// Seasons.
    Season,
    /// Kinds of rooms of a home.
    RoomKind,
    /// Kinds of public places.
    PublicKind,
    /// Roles.
    Role,
    /// A group of `answer_codes.csv`.
    Group(&'static str),
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    Number(f64),
    Date(NaiveDate),
    Time(NaiveTime),
    Moment(i64),
    Flag(bool),
    Hash(Hash),
    List(Vec<String>),
    Days(Vec<u32>),
    Periods(Vec<Quiet>),
}

impl Form {
    /// Reads a cell that is not empty.
    pub(super) fn read(self, cell: &str, catalog: &Catalog) -> Option<Value> {
        if self == Self::Words {
            return is_text(cell).then(|| Value::Text(cell.replace("\r\n", "\n")));
        }
        let cell = cell.trim();
        let text = || Value::Text(cell.to_owned());
        Some(match self {
            Self::Code | Self::Ref(_) => return is_code(cell).then(text),
            Self::Words => return None,
            Self::Login => {
                let good = cell.chars().count() <= 80 && !cell.chars().any(|c| c.is_whitespace() || c.is_control());
                return good.then(text);
            }
            Self::File => return is_file(cell).then(text),
            Self::Whole(least, most) => {
                let n = cell.parse().ok().filter(|n| (least..=most).contains(n));
                Value::Whole(n?)
            }
            Self::Scale => Value::Number(cell.parse().ok().filter(|x: &f64| *x > 0.0 && *x <= 10.0)?),
            Self::Date => Value::Date(date(cell)?),
            Self::Time => Value::Time(time(cell)?),
            Self::Moment => Value::Moment(DateTime::parse_from_rfc3339(cell).ok()?.timestamp_millis()),
            Self::MonthDay => return cell.parse::<MonthDay>().is_ok().then(text),
            Self::Zone => return cell.parse::<chrono_tz::Tz>().is_ok().then(text),
            Self::Flag => match cell {
                "1" => Value::Flag(true),
                "0" => Value::Flag(false),
                _ => return None,
            },
            Self::Sha256 => Value::Hash(cell.parse().ok().filter(|_| cell.len() == 64)?),
            Self::Periods if cell == "-" => Value::Periods(Vec::new()),
            Self::Periods => Value::Periods(parts(cell).map(period).collect::<Option<_>>()?),
            Self::Weekdays => {
                let days: Vec<u32> = parts(cell).map(|d| d.parse().ok()).collect::<Option<_>>()?;
                let mut seen = days.clone();
                seen.sort_unstable();
                seen.dedup();
                if seen.len() != days.len() || days.iter().any(|d| !(1..=7).contains(d)) {
                    return None;
                }
                Value::Days(days)
            }
            Self::OneOf(all) => return all.contains(&cell).then(text),
            Self::Known(list) => return list.has(cell, catalog).then(text),
            Self::KnownList(list) => {
                let all: Vec<String> = parts(cell).map(str::to_owned).collect();
                if !all.iter().all(|code| list.has(code, catalog)) {
                    return None;
                }
                Value::List(all)
            }
            Self::Refs(_) => {
                let all: Vec<String> = parts(cell).map(str::to_owned).collect();
                if !all.iter().all(|code| is_code(code)) {
                    return None;
                }
                Value::List(all)
            }
            Self::Person => {
                let number = cell
                    .parse::<u32>()
                    .is_ok_and(|n| (1..=99).contains(&n) && n.to_string() == cell);
                return (number || is_id(cell)).then(text);
            }
            Self::Named => {
                let named = cell.split(':').all(is_code);
                return (named || is_id(cell)).then(text);
            }
        })
    }

    /// Says how a cell is written.
    #[must_use]
    pub fn expected(self) -> Text {
        let (zh, en) = match self {
            Self::Code => ("代码（a-z 0-9 . _ -）", "a code (a-z 0-9 . _ -)"),
            Self::Words => (
                "不超过 4000 字的文字，不含控制字符",
                "a text of at most 4,000 letters without control characters",
            ),
            Self::Login => (
                "登录名：不超过 80 字，不含空格",
                "a login name of at most 80 letters without spaces",
            ),
            Self::File => (
                "文件名：以 .svg、.png、.jpg 或 .jpeg 结尾，不含目录",
                "the name of a file that ends with .svg, .png, .jpg or .jpeg, without a folder",
            ),
            Self::Whole(least, most) => {
                return words(
                    format!("{least} 到 {most} 的整数"),
                    format!("a whole number from {least} to {most}"),
                );
            }
            Self::Scale => (
                "大于 0、不超过 10 的数（每像素多少米）",
                "a number above 0 and up to 10 (metres of one pixel)",
            ),
            Self::Date => ("存在的日期，如 2026-12-04", "a day that exists, as 2026-12-04"),
            Self::Time => ("时刻，如 09:00", "a time of day, as 09:00"),
            Self::Moment => ("时间，如 2026-11-20T08:00:00Z", "a moment, as 2026-11-20T08:00:00Z"),
            Self::MonthDay => ("每年都有的日子，如 11-15", "a day that every year has, as 11-15"),
            Self::Zone => ("时区名，如 Asia/Shanghai", "the name of a time zone, as Asia/Shanghai"),
            Self::Flag => ("1 或 0", "1 or 0"),
            Self::Sha256 => ("SHA-256：64 位十六进制数字", "a SHA-256: 64 hexadecimal digits"),
            Self::Periods => (
                "时段，如 21:00-08:00|12:00-14:00；没有则写 -",
                "times of day, as 21:00-08:00|12:00-14:00, or - for none",
            ),
            Self::Weekdays => ("星期几，如 6|7（1 为星期一）", "days of the week, as 6|7 (1 is Monday)"),
            Self::OneOf(all) => {
                return words(format!("{} 之一", all.join("、")), format!("one of {}", all.join(", ")));
            }
            Self::Known(list) => return list.expected(false),
            Self::KnownList(list) => return list.expected(true),
            Self::Ref(table) => {
                return words(
                    format!("{table} 表里（或服务器上）已有的代码"),
                    format!("a code that {table} has, in the files or on the server"),
                );
            }
            Self::Refs(table) => {
                return words(
                    format!("{table} 表里（或服务器上）已有的代码，用 | 分隔"),
                    format!("codes that {table} has, in the files or on the server, with | between them"),
                );
            }
            Self::Person => (
                "此人在住户中的序号（1 到 99），或其行的编号",
                "the number of the person in the household, 1 to 99, or the id of its row",
            ),
            Self::Named => (
                "代码（可含冒号），或行的编号",
                "a code, colons allowed, or the id of a row",
            ),
        };
        words(zh, en)
    }
}

impl Known {
    fn has(self, code: &str, catalog: &Catalog) -> bool {
        match self {
            Self::Template => catalog.templates.contains_key(code),
            Self::Ruleset => catalog.tolerances.rulesets().any(|set| set == code),
            Self::ComplaintProfile => catalog.complaints.profile(code).is_some(),
            Self::WarrantyProfile => catalog.warranty.profile(code).is_some(),
            Self::Clause => catalog.warranty.clauses.iter().any(|clause| clause.code == code),
            Self::Season => catalog.warranty.seasons.iter().any(|season| season.code == code),
            Self::RoomKind => catalog.rooms.get(code).is_some_and(|kind| kind.group != "public"),
            Self::PublicKind => catalog.rooms.get(code).is_some_and(|kind| kind.group == "public"),
            Self::Role => code.parse::<Role>().is_ok(),
            Self::Group(group) => catalog.codes.get(group, code).is_some(),
        }
    }

    fn expected(self, several: bool) -> Text {
        let (zh, en, file) = match self {
            Self::Template => ("检查表", "a checklist", "checklists.csv"),
            Self::Ruleset => ("限值规则集", "a ruleset", "tolerances.csv"),
            Self::ComplaintProfile => ("投诉时限方案", "a profile", "complaint_profiles.json"),
            Self::WarrantyProfile => ("保修方案", "a profile", "warranty_rules.json"),
            Self::Clause => ("合同条款", "a contract clause", "warranty_rules.json"),
            Self::Season => ("供暖（制冷）季", "a season", "warranty_rules.json"),
            Self::RoomKind => ("房间类型", "a kind of room of a home", "rooms.csv"),
            Self::PublicKind => ("公共区域类型", "a public kind", "rooms.csv"),
            Self::Role => ("角色", "a role", "state_machines.json"),
            Self::Group(group) => {
                return words(
                    format!(
                        "answer_codes.csv 中 {group} 组的代码{}",
                        if several { "，用 | 分隔" } else { "" }
                    ),
                    format!(
                        "{} of group {group} of answer_codes.csv{}",
                        if several { "codes" } else { "a code" },
                        if several { ", with | between them" } else { "" }
                    ),
                );
            }
        };
        let (zh_more, en_more) = if several {
            ("，可多个，用 | 分隔", ", or several with | between them")
        } else {
            ("", "")
        };
        words(format!("{file} 中的{zh}{zh_more}"), format!("{en} of {file}{en_more}"))
    }
}

/// Splits a list; an element is never empty.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').map(str::trim)
}

fn is_code(text: &str) -> bool {
    text.len() <= 64 && text.parse::<PlainCode>().is_ok()
}

/// Ids of rows are written in one way only.
fn is_id(text: &str) -> bool {
    text.len() == 36 && text.parse::<Uuid>().is_ok_and(|id| id.to_string() == text)
}

fn is_text(text: &str) -> bool {
    let wrong = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    text.chars().count() <= LONGEST && !text.chars().any(wrong) && !text.trim().is_empty()
}

fn is_file(text: &str) -> bool {
    let plain = |c: char| !c.is_control() && !matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    media_of(text).is_some() && text.chars().count() <= 120 && text.chars().all(plain) && !text.starts_with('.')
}

/// Tells what kind of drawing a file is by the end of its name.
pub(super) fn media_of(file: &str) -> Option<&'static str> {
    let (name, end) = file.rsplit_once('.')?;
    let media = match end.to_ascii_lowercase().as_str() {
        "svg" => "svg",
        "png" => "png",
        "jpg" | "jpeg" => "jpeg",
        _ => return None,
    };
    (!name.is_empty()).then_some(media)
}

fn date(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (day.to_string() == text).then_some(day)
}

fn time(text: &str) -> Option<NaiveTime> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
    (time.format("%H:%M").to_string() == text).then_some(time)
}

fn period(text: &str) -> Option<Quiet> {
    let (from, to) = text.split_once('-')?;
    Some((time(from.trim())?, time(to.trim())?))
}

/// Writes times of day as they are read.
pub(super) fn periods_text(periods: &[Quiet]) -> String {
    let one = |(from, to): &Quiet| format!("{}-{}", from.format("%H:%M"), to.format("%H:%M"));
    periods.iter().map(one).collect::<Vec<_>>().join("|")
}

/// Writes a moment as it is read.
pub(super) fn moment_text(ms: i64) -> String {
    let at = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
