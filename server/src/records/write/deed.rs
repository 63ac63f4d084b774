//! What may be done to a record through the API: the commands that phones know, by name.

use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

/// A command on a record. What is left out is empty.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Deed {
    /// Settles a contested field: this value counts.
    Settle {
        /// As the record names it: `answers/win-03/r03/2/result`.
        field: String,
        /// One of the candidates, or another value.
        value: String,
    },
    /// Promises something.
    Promise {
        /// What.
        what: String,
        /// By when, in milliseconds.
        due_ms: i64,
        /// Who keeps it: a user; empty: whoever the token is of.
        #[serde(default)]
        person: String,
        /// To whom: a household or person; empty: the household of the record.
        #[serde(default)]
        to: String,
    },
    /// Says that a promise was kept, and what shows it: a record, or the owner's word.
    KeepPromise {
        /// Its key in the record.
        promise: String,
        /// The record that shows it.
        record: Option<Uuid>,
        /// The owner said so.
        #[serde(default)]
        owner_confirmed: bool,
    },
    /// Asks for another time; it counts only when the owner agreed.
    MovePromise {
        /// Its key in the record.
        promise: String,
        /// The new time, in milliseconds.
        due_ms: i64,
        /// The owner agreed.
        owner_agreed: bool,
        /// Why.
        reason: String,
    },
    /// Takes a promise back, which a manager does when the owner agreed.
    WithdrawPromise {
        /// Its key in the record.
        promise: String,
        /// The owner agreed.
        owner_agreed: bool,
        /// Why.
        reason: String,
    },
    /// Says that an overdue promise will not be kept, which a manager tells the owner.
    GiveUpPromise {
        /// Its key in the record.
        promise: String,
        /// The owner was told.
        owner_told: bool,
        /// Why.
        reason: String,
    },
    /// Hands what is still open in a record that ended in favour of another on to that one.
    HandOnPromises {},
    /// Adds a remark.
    Remark {
        /// What.
        text: String,
    },
    /// Corrects a field of a case: who called, relation, household, channel, category, urgency and the like.
    Change {
        /// Its name.
        field: String,
        /// What it is.
        value: String,
    },
    /// Says that a case is of another kind, before anything was done about it.
    Rekind {
        /// Group `case_kind`.
        case_kind: String,
    },
    /// Says which record goes on with a case, also with what was promised in it.
    Link {
        /// The record.
        record: Uuid,
        /// Why; asked for after an answer.
        #[serde(default)]
        reason: String,
    },
    /// Mentions another record; the matter stays here.
    Mention {
        /// The record.
        record: Uuid,
    },
    /// Merges a case into another about the same issue, which takes over what was promised; both histories stay.
    Merge {
        /// The other case.
        record: Uuid,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Makes a defect out of a case: it goes on with the matter where the role may say so, else the case mentions it.
    BecomeDefect {
        /// Catalogue code.
        code: String,
        /// Severity; empty: that of the catalogue.
        #[serde(default)]
        severity: String,
        /// Code of the room, or `home`.
        #[serde(default)]
        room: String,
        /// Words.
        #[serde(default)]
        description: String,
    },
    /// Names the person who takes care of a case, or of a defect.
    Dispatch {
        /// A user.
        person: String,
        /// Until when they answer, in milliseconds; none: as its severity asks.
        answer_by_ms: Option<i64>,
    },
    /// Takes a case over, with a time that the owner was told.
    Acknowledge {
        /// The time, in milliseconds.
        promise_at_ms: i64,
        /// The owner was told.
        owner_told: bool,
    },
    /// Gives a case or a defect back.
    ReturnToDispatch {
        /// Why.
        reason: String,
    },
    /// Sorts a complaint.
    Triage {
        /// Group `complaint_category`.
        category: String,
        /// Words for the category `other`.
        #[serde(default)]
        category_text: String,
        /// Group `urgency`.
        urgency: String,
        /// Group `department`.
        department: String,
        /// Who is in charge: a user.
        #[serde(default)]
        person: String,
    },
    /// Looks into a complaint: somebody, until a time that the owner was told.
    Investigate {
        /// A user.
        person: String,
        /// Until when, in milliseconds.
        until_ms: i64,
        /// The owner was told.
        owner_told: bool,
    },
    /// Judges a complaint, with words that its owner will read.
    Judge {
        /// Group `verdict`.
        verdict: String,
        /// The words.
        text: String,
    },
    /// Writes down what could be done.
    AddOption {
        /// What.
        text: String,
        /// What it costs.
        #[serde(default)]
        cost_note: String,
    },
    /// A manager chooses what is done.
    ChooseOption {
        /// The key of the option.
        option: String,
    },
    /// Plans it.
    Plan {
        /// What will be done.
        plan: String,
        /// Who does it: a user.
        person: String,
        /// The day, `2026-12-04`.
        date: String,
        /// Law, contract, standard or code that it rests on.
        basis: String,
    },
    /// Begins to act on a complaint.
    Act {
        /// The time that was promised, in milliseconds.
        promise_at_ms: i64,
        /// The owner was told.
        owner_told: bool,
    },
    /// Tells the owner how it stands.
    Update {
        /// What they were told.
        text: String,
        /// How (group `contact_way`).
        way: String,
        /// When, in milliseconds; none: now.
        told_ms: Option<i64>,
    },
    /// Answers a case.
    Answer {
        /// What the owner was told.
        text: String,
        /// How (group `contact_way`).
        way: String,
        /// When, in milliseconds; none: now.
        told_ms: Option<i64>,
    },
    /// Answers a complaint at once that is not founded, or was solved on the spot. A founded one takes a plan.
    AnswerWithoutPlan {
        /// What the owner was told.
        text: String,
        /// Law, contract, standard or code that it rests on.
        #[serde(default)]
        basis: String,
        /// How it was solved.
        #[serde(default)]
        solved: String,
        /// How (group `contact_way`).
        way: String,
        /// When, in milliseconds; none: now.
        told_ms: Option<i64>,
    },
    /// Acts again on a complaint, because the owner is not satisfied.
    ActAgain {
        /// Why.
        reason: String,
    },
    /// Asks the owner again after the answer.
    Revisit {
        /// What they say.
        result: String,
        /// In their words.
        #[serde(default)]
        words: String,
        /// How (group `contact_way`).
        way: String,
        /// When, in milliseconds; none: now.
        told_ms: Option<i64>,
    },
    /// Passes a complaint on to somebody higher.
    Escalate {
        /// To whom: a role of the project.
        receiver: String,
        /// Who that is: a user.
        person: String,
        /// Why.
        reason: String,
    },
    /// Sends a complaint back from the next level, with a plan.
    ReturnWithPlan {
        /// What will be done.
        plan: String,
        /// Who does it: a user.
        person: String,
        /// The day, `2026-12-04`.
        date: String,
        /// Law, contract, standard or code that it rests on.
        basis: String,
    },
    /// Closes a case.
    Close {
        /// Of a complaint: group `root_cause`.
        #[serde(default)]
        root_cause: String,
        /// Of a complaint whose owner is not satisfied: why it is closed.
        #[serde(default)]
        reason: String,
    },
    /// Opens a case or a defect again.
    Reopen {
        /// Group `reopen_reason`.
        reason_code: String,
        /// In words.
        #[serde(default)]
        reason: String,
    },
    /// The owner withdraws a complaint.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Says that a case belongs to no cluster.
    RejectCluster {
        /// Why.
        reason: String,
    },
    /// Names another engineer for a defect.
    Reassign {
        /// A user.
        person: String,
        /// Why.
        reason: String,
        /// The owner was told.
        owner_told: bool,
    },
    /// Verifies a repair: somebody else than whoever made it, or the owner.
    Verify {
        /// The owner confirmed it.
        owner_confirmed: bool,
    },
    /// Finds that a repair is none.
    RejectRepair {
        /// Why.
        reason: String,
    },
    /// Says that a defect is hard to repair.
    MarkHard {
        /// Why.
        reason: String,
        /// The owner was told.
        owner_told: bool,
    },
    /// Leaves a defect as it is, with the owner's consent.
    AcceptAsIs {
        /// Why.
        reason: String,
        /// The owner agreed.
        owner_agreed: bool,
    },
    /// Says that a defect is none.
    CancelDefect {
        /// Why.
        reason: String,
        /// The owner was told.
        owner_told: bool,
    },
    /// Makes the description of a defect read like this.
    Describe {
        /// What.
        text: String,
    },
    /// Changes the severity of a defect; once it was handed in, its targets become those of the new one, from now.
    Severity {
        /// Group `severity`.
        severity: String,
    },
    /// Moves the pin of a defect on the plan.
    Pin {
        /// In parts per 10,000 of its width.
        x: i64,
        /// In parts per 10,000 of its height.
        y: i64,
    },
    /// Hands a defect in, with targets and warranty as the rules say today.
    Submit {
        /// Why there is no photo.
        #[serde(default)]
        no_photo_reason: String,
    },
    /// Takes a defect over, with a time that the owner was told.
    Accept {
        /// The time that the owner was told.
        promised: Agreed,
    },
    /// Lets a repair begin without a photo of the protection laid: a reviewer or manager says why.
    WaiveProtection {
        /// Why.
        reason: String,
    },
    /// Begins a repair, or goes on after it was rejected.
    StartRepair {},
    /// Ends a repair.
    FinishRepair {
        /// The owner ticked that the place is clean, where there is no photo of it.
        #[serde(default)]
        clean: bool,
    },
    /// Sets a defect right where it was found.
    FixOnSpot {},
    /// Plans a defect that is hard to repair.
    PlanHard {
        /// How.
        plan: String,
        /// The day, `2026-12-04`.
        date: String,
        /// The time that the owner was told.
        promised: Agreed,
    },
    /// Proposes that a defect is the same as another; it moves nothing, and a person decides.
    ProposeDuplicate {
        /// The other defect.
        record: Uuid,
    },
    /// Confirms such a proposal: this defect ends, and the other goes on, also with what was promised.
    ConfirmDuplicate {
        /// The proposal, as the record names it.
        proposal: String,
    },
    /// Says that it is another defect; the pair is not proposed again.
    RejectDuplicate {
        /// The proposal, as the record names it.
        proposal: String,
        /// Why.
        reason: String,
    },
    /// Reviews a signed inspection: somebody who inspected none of it.
    Review {
        /// In words.
        #[serde(default)]
        notes: String,
    },
    /// Locks an inspection that was reviewed.
    Lock {},
}

/// A time that the owner was given.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// When, in milliseconds.
    pub(super) at_ms: i64,
    /// The owner was told.
    pub(super) owner_told: bool,
    /// The owner agreed to it instead of a time that was promised before.
    #[serde(default)]
    pub(super) owner_agreed: bool,
    /// To whom: a household or person.
    #[serde(default)]
    pub(super) to: String,
}
