//! Which tables there are, and which columns: one place, from which reading, writing and docs/import.md are made.

use super::form::{Form, Known};

/// One table: a file of a folder, a list of a JSON file.
#[derive(Debug)]
pub struct TableDef {
    /// Its name, which is also that of the file (`homes.csv`) and of the list in JSON.
    pub name: &'static str,
    /// The columns by which a row is known; none: rows have an order and no key.
    pub key: &'static [&'static str],
    /// Holds personal data: left out of an export unless it is asked for.
    pub people: bool,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// What it is called in English.
    pub en: &'static str,
    /// What a row is, for docs/import.md.
    pub what: &'static str,
    /// Its columns, in the order in which they are written.
    pub columns: &'static [Column],
}

/// One column.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// How a cell is written.
    pub form: Form,
    /// Must be there, and no cell may be empty.
    pub required: bool,
    /// Holds personal data: never printed.
    pub personal: bool,
    /// What it says, for docs/import.md.
    pub what: &'static str,
}

impl TableDef {
    /// Returns a column by its name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Returns the name of its file.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}.csv", self.name)
    }
}

/// Returns a table by its name.
#[must_use]
pub fn table(name: &str) -> Option<&'static TableDef> {
    TABLES.iter().find(|table| table.name == name)
}

const fn need(name: &'static str, form: Form, what: &'static str) -> Column {
    Column {
        name,
        form,
        required: true,
        personal: false,
        what,
    }
}

const fn may(name: &'static str, form: Form, what: &'static str) -> Column {
    Column {
        required: false,
        ..need(name, form, what)
    }
}

const fn personal(name: &'static str, form: Form, what: &'static str) -> Column {
    Column {
        personal: true,
        ..may(name, form, what)
    }
}

const NAME_ZH: Column = need("name_zh", Form::Words, "name in Chinese");
const NAME_EN: Column = may("name_en", Form::Words, "name in English; empty: the Chinese one");

/// All tables, in the order in which they are read and written.
pub const TABLES: &[TableDef] = &[
    TableDef {
        name: "project",
        key: &["code"],
        people: false,
        zh: "项目",
        en: "project",
        what: "Exactly one row; every import needs it.",
        columns: &[
            need("code", Form::Code, "its code; the same code is the same project"),
            NAME_ZH,
            NAME_EN,
            need("time_zone", Form::Zone, "days and times are meant there"),
            need("template", Form::Known(Known::Template), "the handover checklist"),
            need("tolerance_ruleset", Form::Known(Known::Ruleset), "which limits hold"),
            need(
                "tolerance_grade",
                Form::OneOf(&["ordinary", "high"]),
                "how strict they are",
            ),
            may(
                "complaint_profile",
                Form::Known(Known::ComplaintProfile),
                "deadlines of complaints",
            ),
            may(
                "warranty_profile",
                Form::Known(Known::WarrantyProfile),
                "periods of warranty",
            ),
            may("completion_acceptance", Form::Date, "day of the completion acceptance"),
            may("design_life_years", Form::Whole(1, 200), "design life of the structure"),
            may("weekend", Form::Weekdays, "free days of the week"),
            may(
                "quiet_hours",
                Form::Periods,
                "when nobody is called; empty: as the built-in data say",
            ),
            may(
                "season_count_from",
                Form::OneOf(&["first_full_season", "current_season"]),
                "which season counts first",
            ),
            may(
                "contract_clauses",
                Form::KnownList(Known::Clause),
                "clauses that the contracts hold",
            ),
        ],
    },
    TableDef {
        name: "calendar",
        key: &["date"],
        people: false,
        zh: "日历",
        en: "calendar",
        what: "Days that differ from the week. The file is the whole calendar: a day that it lacks is an ordinary one.",
        columns: &[
            need("date", Form::Date, "the day"),
            need(
                "kind",
                Form::OneOf(&["rest", "work"]),
                "`rest`: free; `work`: a weekend day on which work is done",
            ),
        ],
    },
    TableDef {
        name: "seasons",
        key: &["code"],
        people: false,
        zh: "供暖供冷季",
        en: "seasons",
        what: "Heating and cooling at this place. The file is the whole list.",
        columns: &[
            need("code", Form::Known(Known::Season), "which season"),
            need("start", Form::MonthDay, "its first day"),
            need("end", Form::MonthDay, "its last day"),
        ],
    },
    TableDef {
        name: "buildings",
        key: &["code"],
        people: false,
        zh: "楼栋",
        en: "buildings",
        what: "A building.",
        columns: &[
            need("code", Form::Code, "its code"),
            NAME_ZH,
            NAME_EN,
            need("entrances", Form::Whole(1, 99), "how many entrances it has"),
            need("floors", Form::Whole(1, 300), "how many floors it has above the ground"),
        ],
    },
    TableDef {
        name: "floors",
        key: &["building", "floor"],
        people: false,
        zh: "楼层",
        en: "floors",
        what: "A floor with a name of its own, such as a basement; the others need no row.",
        columns: &[
            need("building", Form::Ref("buildings"), "its building"),
            need("floor", Form::Whole(-20, 300), "its number"),
            NAME_ZH,
            NAME_EN,
        ],
    },
    TableDef {
        name: "layouts",
        key: &["code"],
        people: false,
        zh: "户型",
        en: "layouts",
        what: "A layout of homes.",
        columns: &[
            need("code", Form::Code, "its code"),
            NAME_ZH,
            NAME_EN,
            may(
                "features",
                Form::KnownList(Known::Group("feature")),
                "what the home as a whole has",
            ),
        ],
    },
    TableDef {
        name: "rooms",
        key: &["layout", "code"],
        people: false,
        zh: "房间",
        en: "rooms",
        what: "A room of a layout. The rows of a layout are all of its rooms, in order.",
        columns: &[
            need("layout", Form::Ref("layouts"), "its layout"),
            need("code", Form::Code, "its code, as it stands in answers; not `home`"),
            need("kind", Form::Known(Known::RoomKind), "its kind"),
            NAME_ZH,
            NAME_EN,
            may("windows", Form::Whole(0, 99), "how many windows; empty: none"),
            may("doors", Form::Whole(0, 99), "how many inner doors; empty: none"),
            may("width_mm", Form::Whole(1, 100_000), "design width"),
            may("depth_mm", Form::Whole(1, 100_000), "design depth"),
            may("height_mm", Form::Whole(1, 100_000), "design clear height"),
            may(
                "features",
                Form::KnownList(Known::Group("feature")),
                "what this room has",
            ),
        ],
    },
    TableDef {
        name: "places",
        key: &["code"],
        people: false,
        zh: "公共区域",
        en: "public places",
        what: "A public place.",
        columns: &[
            need("code", Form::Code, "its code; not `home`"),
            NAME_ZH,
            NAME_EN,
            need("kind", Form::Known(Known::PublicKind), "its kind"),
            may("building", Form::Ref("buildings"), "its building; empty: on the ground"),
        ],
    },
    TableDef {
        name: "homes",
        key: &["no"],
        people: false,
        zh: "住宅",
        en: "homes",
        what: "A home.",
        columns: &[
            need("no", Form::Code, "its number, such as `3-2-1201`"),
            need("building", Form::Ref("buildings"), "its building"),
            need("entrance", Form::Whole(1, 99), "its entrance, one of the building"),
            need("floor", Form::Whole(1, 300), "its floor, one of the building"),
            need("layout", Form::Ref("layouts"), "its layout"),
        ],
    },
    TableDef {
        name: "plans",
        key: &["code"],
        people: false,
        zh: "平面图",
        en: "plans",
        what: "A drawing with its scale, of a layout, a building or floor, a public place; nothing named: of the estate. \
               The files lie in `plans/` beside the tables; the server keeps name, scale and hash, not yet the file.",
        columns: &[
            need("code", Form::Code, "its code"),
            need("file", Form::File, "its file in `plans/`"),
            need(
                "metres_per_pixel",
                Form::Scale,
                "its scale; of an SVG, metres of one user unit",
            ),
            may("layout", Form::Ref("layouts"), "the layout that it shows"),
            may("building", Form::Ref("buildings"), "the building that it shows"),
            may("floor", Form::Whole(-20, 300), "the floor of that building"),
            may("place", Form::Ref("places"), "the public place that it shows"),
            may(
                "sha256",
                Form::Sha256,
                "hash of the file; empty: that of the file that lies there",
            ),
        ],
    },
    TableDef {
        name: "staff",
        key: &["code"],
        people: false,
        zh: "员工",
        en: "staff",
        what: "Somebody who works here. Names of staff stand in every record that they make and are part of every export.",
        columns: &[
            need("code", Form::Code, "their code"),
            need("role", Form::Known(Known::Role), "their role in this project"),
            NAME_ZH,
            NAME_EN,
            may(
                "login",
                Form::Login,
                "the name of their login; it is made when nobody has it. Empty: the code, which then must be free",
            ),
        ],
    },
    TableDef {
        name: "staff_contacts",
        key: &["code"],
        people: true,
        zh: "员工电话",
        en: "staff telephones",
        what: "The business telephone of somebody of the staff; shown to those who dispatch.",
        columns: &[
            need("code", Form::Ref("staff"), "who"),
            personal("phone", Form::Words, "telephone"),
        ],
    },
    TableDef {
        name: "teams",
        key: &["code"],
        people: false,
        zh: "验房组",
        en: "teams",
        what: "An inspection team.",
        columns: &[
            need("code", Form::Code, "its code"),
            NAME_ZH,
            NAME_EN,
            need("members", Form::Refs("staff"), "who is in it"),
        ],
    },
    TableDef {
        name: "handover",
        key: &["home"],
        people: false,
        zh: "交付计划",
        en: "handover plan",
        what: "The handover inspection of a home: its day, its slot, who does it.",
        columns: &[
            need("home", Form::Ref("homes"), "the home"),
            need("date", Form::Date, "the day"),
            may("slot", Form::Time, "when it begins; empty: the whole day"),
            may("team", Form::Ref("teams"), "the team that does it"),
            may("assignees", Form::Refs("staff"), "instead of a team: who does it"),
        ],
    },
    TableDef {
        name: "households",
        key: &["code"],
        people: true,
        zh: "住户",
        en: "households",
        what: "Those who live in a home.",
        columns: &[
            need("code", Form::Code, "its code"),
            need("home", Form::Ref("homes"), "its home"),
            may(
                "language",
                Form::OneOf(&["zh", "en"]),
                "the language it is written to in; empty: `zh`",
            ),
            may("ambassador", Form::Ref("staff"), "who looks after it"),
            personal("quiet_hours", Form::Periods, "when none of it wants to be called"),
            may(
                "moved_out",
                Form::Date,
                "the day on which it moved out; empty: it lives there",
            ),
        ],
    },
    TableDef {
        name: "persons",
        key: &["household", "person"],
        people: true,
        zh: "住户成员",
        en: "persons",
        what: "A person of a household. Name, telephone and e-mail are sealed before they are stored.",
        columns: &[
            need("household", Form::Ref("households"), "the household"),
            need("person", Form::Person, "which person of it"),
            need("relation", Form::Known(Known::Group("relation")), "owner, tenant …"),
            personal("name", Form::Words, "name, as the person writes it"),
            personal("latin", Form::Words, "in Latin letters, if that is different"),
            personal("phone", Form::Words, "telephone"),
            personal("email", Form::Words, "e-mail"),
            personal("way", Form::Known(Known::Group("contact_way")), "the preferred way"),
            personal(
                "quiet_hours",
                Form::Periods,
                "when this person does not want to be called",
            ),
            may("left", Form::Flag, "`1`: does not belong to the household any longer"),
            may(
                "erased",
                Form::Flag,
                "`1`: the person's data were erased; then nothing else of them may stand here",
            ),
        ],
    },
    TableDef {
        name: "sales_promises",
        key: &["promise"],
        people: false,
        zh: "销售承诺",
        en: "promises made in sales",
        what: "Something promised to the buyer of a home: a question of the handover checklist there.",
        columns: &[
            need("promise", Form::Named, "its code, such as `1-1-0101:1`"),
            need("home", Form::Ref("homes"), "the home"),
            need("text_zh", Form::Words, "what, in Chinese"),
            may("text_en", Form::Words, "in English; empty: the Chinese text"),
            need("by", Form::Date, "the day by which it was promised"),
        ],
    },
    TableDef {
        name: "notices",
        key: &["code", "version"],
        people: false,
        zh: "告知书",
        en: "notices",
        what: "What buyers are told: a notice in one version. Once sent it is not changed; a change is a new version.",
        columns: &[
            need("code", Form::Code, "its code; all versions have the same"),
            need("version", Form::Whole(1, 999), "its version"),
            need("kind", Form::Known(Known::Group("notice_kind")), "what it is"),
            need("title_zh", Form::Words, "title in Chinese"),
            may("title_en", Form::Words, "title in English; empty: the Chinese one"),
            may(
                "buildings",
                Form::Refs("buildings"),
                "for whole buildings; neither these nor homes: for all",
            ),
            may("homes", Form::Refs("homes"), "for single homes"),
            may("sent", Form::Moment, "when it was sent; empty: not yet"),
            may("sent_by", Form::Ref("staff"), "who sent it"),
        ],
    },
    TableDef {
        name: "disclosures",
        key: &[],
        people: false,
        zh: "告知内容",
        en: "disclosures",
        what: "What a notice says, point by point. The rows of a notice are all of its points, in order.",
        columns: &[
            may(
                "notice",
                Form::Code,
                "the notice; empty: `disclosure`, which is made when there is none",
            ),
            may("version", Form::Whole(1, 999), "its version; empty: 1"),
            need("text_zh", Form::Words, "what, in Chinese"),
            may("text_en", Form::Words, "in English; empty: the Chinese text"),
        ],
    },
];
