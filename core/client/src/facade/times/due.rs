//! By when a defect is looked after, and what covers it.

use super::home::home;
use super::views::DefectDueView;
use crate::ClientError;
use crate::facade::defects::Defects;
use crate::facade::lists::{count, projection};
use crate::facade::people_at::quiet_of;
use crate::facade::record::genesis_of;
use keyturn_domain::Document;
use keyturn_domain::catalog::{Catalog, QuietPeriod, Severity};
use keyturn_domain::record::{CommandError, Marks, Projection, defect_view};
use keyturn_domain::rules::{
    Coverage, HomeFacts, RevisitDue, TargetDates, acknowledged_in_time, coverage, part_of, quiet_periods, revisit_due,
    target_dates, told,
};
use keyturn_store::documents;

impl Defects {
    /// Shows by when a defect is looked after, who answers for it, and what covers it. The targets are those that stand in
    /// the defect since it was handed in; before that, those that the rules give it now. What covers it is as the rules say
    /// now.
    ///
    /// # Errors
    /// `unknown_record`, `unknown_project`.
    pub fn due(&self, record: &str) -> Result<DefectDueView, ClientError> {
        let genesis = genesis_of(&self.0, record)?;
        let now = self.0.inner.now_ms();
        let edition = self.0.edition_of(&genesis)?;
        let catalog = &*edition.catalog;
        let read =
            |document: &Document, marks: &Marks| Ok::<_, CommandError>(defect_view(document, catalog, marks)?.repair);
        let repair = self.0.opened(genesis.document, read)?;
        let repair = repair.ok_or_else(|| ClientError::refused("unknown_record"))??;
        self.0.look(|conn| {
            let listed = documents::listed(conn, genesis.document)?;
            let listed = listed.ok_or_else(|| ClientError::refused("unknown_record"))?;
            let shown = projection(&listed);
            let home = home(conn, genesis.project, genesis.place)?;
            let (targets, covered) = judge(catalog, &home, &shown, now);
            let mut view = view_of(catalog, &shown, targets, covered.as_ref());
            if shown.history.iter().any(|step| step.event == "submit") {
                view.contact_by_ms = repair.contact_by_ms;
                view.visit_by_ms = repair.visit_by_ms;
                view.plan_by_ms = repair.plan_by_ms;
                view.fix_by_ms = repair.fix_by_ms;
            }
            let own = quiet_of(conn, &genesis, &shown)?;
            if let Some(due) = revisit(catalog, &home, &shown, own.as_deref()) {
                view.revisit_by_ms = Some(due.due_ms);
                view.revisit_before_ms = due.last_contact_before_ms;
            }
            Ok(view)
        })
    }
}

fn judge(
    catalog: &Catalog,
    home: &HomeFacts,
    shown: &Projection,
    now_ms: i64,
) -> (Option<TargetDates>, Option<Coverage>) {
    let found_ms = shown.matter.received_ms.unwrap_or(now_ms);
    let severity = shown.severity.parse::<Severity>().ok();
    let target = severity.and_then(|severity| catalog.complaints.target(severity));
    let targets = target.map(|target| target_dates(target, found_ms, &home.calendar));
    let covered = catalog.defects.get(shown.what.as_str()).and_then(|defect| {
        let terms = home.terms(catalog)?;
        let found = home.calendar.day_of(found_ms);
        // A repair of this very defect says nothing about whether it was covered when it was found.
        let before = home
            .repairs
            .iter()
            .filter(|r| r.accepted_on.is_none_or(|day| day <= found))
            .cloned();
        coverage(
            catalog,
            &terms,
            defect,
            &part_of(catalog, shown),
            &before.collect::<Vec<_>>(),
            found,
        )
    });
    (targets, covered)
}

fn view_of(
    catalog: &Catalog,
    shown: &Projection,
    targets: Option<TargetDates>,
    covered: Option<&Coverage>,
) -> DefectDueView {
    let named = |event: &str| ["assign", "reassign"].contains(&event);
    let responsible: Vec<String> = shown
        .history
        .iter()
        .filter(|s| named(&s.event))
        .map(|s| s.person.clone())
        .collect();
    let reassigned = shown.history.iter().filter(|s| s.event == "reassign").count();
    let severity = shown.severity.parse::<Severity>().ok();
    let target = severity.and_then(|severity| catalog.complaints.target(severity));
    let dispatched = shown.history.iter().rposition(|s| named(&s.event));
    let in_time = dispatched.zip(target).and_then(|(n, target)| {
        let accepted = shown.history.iter().skip(n).find(|s| s.event == "accept");
        let at = shown.history.get(n)?.at_ms;
        let promise = accepted.and_then(|s| s.time("promise_at"));
        Some(acknowledged_in_time(target, at, accepted.map(|s| s.at_ms), promise))
    });
    DefectDueView {
        severity: shown.severity.clone(),
        contact_by_ms: targets.map(|t| t.contact_by_ms),
        visit_by_ms: targets.and_then(|t| t.visit_by_ms),
        plan_by_ms: targets.and_then(|t| t.plan_by_ms),
        fix_by_ms: targets.and_then(|t| t.fix_by_ms),
        acknowledged_in_time: in_time,
        responsible,
        reassignments: count(reassigned),
        warranty_rule: covered.map(|c| c.rule.clone()).unwrap_or_default(),
        warranty_source: covered.map(|c| c.governs.as_str().to_owned()).unwrap_or_default(),
        warranty_basis: covered.map(|c| c.basis.clone()).unwrap_or_default(),
        law_last_day: told(covered.and_then(|c| c.law_last_day)),
        contract_last_day: told(covered.and_then(|c| c.contract_last_day)),
        last_day: told(covered.and_then(|c| c.last_day)),
        covered: covered.and_then(|c| c.covered),
        within_six_months: covered.is_some_and(|c| c.within_six_months),
        ..DefectDueView::default()
    }
}

/// The revisit after a repair was closed: a call that keeps the owner's own quiet hours.
fn revisit(catalog: &Catalog, home: &HomeFacts, shown: &Projection, own: Option<&[QuietPeriod]>) -> Option<RevisitDue> {
    let closed = shown
        .history
        .iter()
        .rev()
        .find(|s| s.event == "verify")
        .filter(|_| shown.state == "closed");
    let rules = &catalog.complaints;
    let periods = quiet_periods(&rules.quiet_hours, home.project.settings.quiet_hours.as_deref(), own);
    closed.map(|step| revisit_due(rules, step.at_ms, periods, &home.calendar))
}
