//! The built-in data, typed: checklists, limits, defects, state machines, the demo project.
//!
//! Everything here is data, and a user may replace any file of it ([`Catalog::load`]). A wrong row is an error that names
//! file, line, column, what stands there and what was expected; codes that one file names in another are checked too, so
//! nothing that is read here points nowhere.
//!
//! ```
//! use keyturn_domain::catalog::{Catalog, FeatureMode, instantiate};
//!
//! let catalog = Catalog::built_in().unwrap();
//! let layout = catalog.demo.layout("l3a").unwrap();
//! let template = &catalog.templates["handover_fitout_v1"];
//! let questions = instantiate(template, &layout.rooms, &layout.features, FeatureMode::Stated);
//! assert_eq!((questions.asked.len(), questions.absent.len()), (272, 21));
//! ```

mod answer_codes;
mod bulk;
mod checklist;
mod codes;
mod complaints;
mod csv_table;
mod defects;
mod delivery_risk;
mod demo;
mod demonstrations;
pub mod edition;
mod error;
mod files;
mod formula;
mod hours;
mod instantiate;
mod journey;
mod json_file;
mod kpis;
mod load_checklists;
mod load_complaints;
mod machines;
mod moments;
mod papers;
mod patrols;
mod rooms;
mod scripts;
mod seasons;
mod subsets;
mod surveys;
mod tasks;
mod text;
mod tolerances;
mod tools;
mod verdict;
mod warranty;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub use answer_codes::{AnswerCode, AnswerCodes, NotASeverity, ResultCode, Severity};
pub use bulk::{BulkOk, BulkScope, bulk_ok};
pub use checklist::{Input, Item, ReadingSpec, RoomScope, Section, Template, Templates};
pub use codes::*;
pub use complaints::{
    CalendarStep, ComplaintProfile, ComplaintRules, Deadlines, DefectTarget, EscalationAt, EscalationLevel, Exempt,
    FirstContact, Major, QuietHours, QuietPeriod, Revisit, WorkingHours, WorkingLength, WorkingStep, WorkingTime,
};
pub use defects::{Defect, Trade};
pub use delivery_risk::{DeliveryRisk, GateLevel, Per, RiskBand, RiskFactor, RiskGate, STOP};
pub use demo::{
    Building, Calendar, Crew, Demo, Disclosure, Duty, Event, HandoverDay, Household, Layout, NotForSale, Owner, Person,
    Project, PublicPlace, SalesPromise, Staff, Station, Team, Unit,
};
pub use demonstrations::Demonstration;
pub use error::CatalogError;
pub use formula::Formula;
pub use instantiate::{AnswerKey, FeatureMode, HOME, NotAnAnswerKey, Question, Questions, instantiate};
pub use journey::{JourneyStep, Preparation, Track};
pub use kpis::{Kpi, KpiLevel, KpiPeriod, KpiUnit};
pub use machines::{Illegal, Machine, Machines, Named, State, StateKind, Transition};
pub use moments::{Coverage, Moment, Stage};
pub use papers::{DocumentKind, FocusTag};
pub use patrols::{Area, Briefing, HomeVisitForms, LogRules, Patrols, Round};
pub use rooms::{Room, RoomKind, RoomKinds};
pub use scripts::{Script, ScriptLine, When};
pub use seasons::{CountFrom, MonthDay, NotAMonthDay, Season};
pub use surveys::{FollowUp, Scale, Survey, SurveyOption, SurveyQuestion};
pub use tasks::{JOURNEY_EVENTS, Lag, NotATrigger, Repeat, TaskRule, TaskScope, Trigger};
pub use text::{Lang, Text};
pub use tolerances::{Comparator, Grade, Limits, NotAGrade, Tolerance, Tolerances};
pub use tools::{Entry, Tool};
pub use verdict::{
    DeviationAndRange, RuleVerdict, Undecided, Verdict, assess, deviation_and_range, readings_of, verdict,
};
pub use warranty::{
    ContractClause, NamedSeason, Period, PeriodUnit, RestartEvent, StartEvent, ValueFrom, WarrantyProfile,
    WarrantyRule, WarrantyRules,
};

/// All data that the records need.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    /// Small closed lists.
    pub codes: AnswerCodes,
    /// Kinds of rooms.
    pub rooms: RoomKinds,
    /// Tools.
    pub tools: BTreeMap<ToolCode, Tool>,
    /// Who repairs.
    pub trades: BTreeMap<TradeCode, Trade>,
    /// The defect catalogue.
    pub defects: BTreeMap<DefectCode, Defect>,
    /// Limits for readings.
    pub tolerances: Tolerances,
    /// Checklists.
    pub templates: Templates,
    /// What is shown to the owner at handover.
    pub demonstrations: Vec<Demonstration>,
    /// Scripts of visits and calls.
    pub scripts: BTreeMap<ScriptCode, Script>,
    /// Surveys.
    pub surveys: BTreeMap<SurveyCode, Survey>,
    /// What owners care about at each step, in order.
    pub focus_tags: Vec<FocusTag>,
    /// Kinds of record and paper.
    pub document_kinds: BTreeMap<DocumentKindCode, DocumentKind>,
    /// The moments at which an owner meets the company.
    pub moments: Vec<Moment>,
    /// The risk of handing a home over.
    pub delivery_risk: DeliveryRisk,
    /// Key figures.
    pub kpis: Vec<Kpi>,
    /// State machines.
    pub machines: Machines,
    /// Warranty.
    pub warranty: WarrantyRules,
    /// Deadlines of complaints, quiet hours, targets of defects.
    pub complaints: ComplaintRules,
    /// Patrols.
    pub patrols: Patrols,
    /// What opens tasks.
    pub task_rules: BTreeMap<TaskRuleCode, TaskRule>,
    /// The steps of the journey.
    pub steps: Vec<JourneyStep>,
    /// What is ready before the handover event.
    pub preparations: Vec<Preparation>,
    /// The demo project.
    pub demo: Arc<Demo>,
}

impl Catalog {
    /// Returns the built-in data, read once per process.
    ///
    /// # Errors
    ///
    /// A wrong row; a test sees to it that the files compiled in have none.
    pub fn built_in() -> Result<&'static Self, CatalogError> {
        read_once().as_ref().map(|catalog| &**catalog).map_err(Clone::clone)
    }

    /// Returns the built-in data as those of an edition are held.
    ///
    /// # Errors
    /// As [`Catalog::built_in`].
    pub fn shared() -> Result<Arc<Self>, CatalogError> {
        read_once().clone()
    }

    /// Reads a user's data files by name; a file that is not given is the built-in one.
    ///
    /// # Errors
    ///
    /// The first wrong row or value, or a table whose name nobody knows.
    pub fn load(own: &BTreeMap<String, String>) -> Result<Self, CatalogError> {
        let files = files::Files::new(own)?;
        let text = files.text(demo::FILE)?;
        let read = || Ok(Arc::new(json_file::JsonFile::new(demo::FILE, text).read()?));
        let catalog = Self::assemble(&files, read)?;
        demo::check(text, &catalog)?;
        Ok(catalog)
    }

    /// Reads the data of an edition: the demo project is none of its business, and may name what it lacks.
    fn load_edition(own: &BTreeMap<String, String>) -> Result<Self, CatalogError> {
        let files = files::Files::new(own)?;
        Self::assemble(&files, || Ok(Arc::clone(&Self::built_in()?.demo)))
    }

    fn assemble(
        files: &files::Files<'_>,
        demo: impl FnOnce() -> Result<Arc<Demo>, CatalogError>,
    ) -> Result<Self, CatalogError> {
        let codes = AnswerCodes::load(files.text(answer_codes::FILE)?)?;
        let rooms = RoomKinds::load(files.text(rooms::FILE)?)?;
        let tools = tools::load(files.text(tools::FILE)?)?;
        let trades = defects::load_trades(files.text(defects::TRADES_FILE)?)?;
        let defects = defects::load(files.text(defects::FILE)?, &codes, &trades)?;
        let tolerances = Tolerances::load(files.text(tolerances::FILE)?)?;
        let known = load_checklists::Known {
            codes: &codes,
            rooms: &rooms,
            tools: &tools,
            defects: &defects,
            tolerances: &tolerances,
        };
        let mut templates = load_checklists::load(
            files.text(load_checklists::FILE)?,
            files.text(load_checklists::READINGS_FILE)?,
            known,
        )?;
        subsets::load(files.text(subsets::FILE)?, &mut templates, known)?;
        let demonstrations = demonstrations::load(files.text(demonstrations::FILE)?, &codes)?;
        let scripts = scripts::load(files.text(scripts::FILE)?, &codes)?;
        let surveys = surveys::load(files.text(surveys::FILE)?, &codes)?;
        let focus_tags = papers::load_tags(files.text(papers::TAGS_FILE)?)?;
        let document_kinds = papers::load_kinds(files.text(papers::KINDS_FILE)?)?;
        let moments = moments::load(files.text(moments::FILE)?, &document_kinds, &defects)?;
        let machines = Machines::load(files.text(machines::FILE)?)?;
        let delivery_risk = DeliveryRisk::load(files.text(delivery_risk::FILE)?, &machines)?;
        let kpis = kpis::load(files.text(kpis::FILE)?, &surveys)?;
        let warranty = warranty::load(files.text(warranty::FILE)?, &defects)?;
        let complaints = load_complaints::load(files.text(complaints::FILE)?, &codes, &machines)?;
        let patrols = patrols::load(
            files.text(patrols::FILE)?,
            patrols::Known {
                codes: &codes,
                rooms: &rooms,
                templates: &templates,
                machines: &machines,
            },
        )?;
        let opened = tasks::Known {
            codes: &codes,
            templates: &templates,
            machines: &machines,
            surveys: &surveys,
            scripts: &scripts,
        };
        let rules_text = files.text(tasks::FILE)?;
        let task_rules = tasks::load(rules_text, opened)?;
        let steps = journey::load(files.text(journey::FILE)?, &task_rules, &document_kinds)?;
        journey::check_rules(rules_text, &steps)?;
        let preparations = journey::load_prep(files.text(journey::PREP_FILE)?, &machines)?;
        Ok(Self {
            codes,
            rooms,
            tools,
            trades,
            defects,
            tolerances,
            templates,
            demonstrations,
            scripts,
            surveys,
            focus_tags,
            document_kinds,
            moments,
            delivery_risk,
            kpis,
            machines,
            warranty,
            complaints,
            patrols,
            task_rules,
            steps,
            preparations,
            demo: demo()?,
        })
    }

    /// Returns the template that a project uses where a task names `named`: its own, if that is a subset of it.
    #[must_use]
    pub fn template_for(&self, named: &str, project: &str) -> Option<&Template> {
        let own = self.templates.get(project);
        own.filter(|own| own.base.as_ref().is_some_and(|base| base == named))
            .or_else(|| self.templates.get(named))
    }
}

fn read_once() -> &'static Result<Arc<Catalog>, CatalogError> {
    static CATALOG: OnceLock<Result<Arc<Catalog>, CatalogError>> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::load(&BTreeMap::new()).map(Arc::new))
}
