//! One transaction: everything that was given, or nothing.

use keyturn_domain::ProjectId;
use keyturn_domain::catalog::Catalog;
use keyturn_domain::rows::{StaffRow, kind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

use super::build::{Build, Want};
use super::diff;
use super::grants::asked;
use super::input::Input;
use super::present::{Present, Stored};
use super::problem::Problems;
use super::report::{Changed, Counted, FieldChange, Report};
use super::tables::TABLES;
use crate::Error;
use crate::audit;
use crate::db::{AnyConnection, Cell, DbError, WriteTx, insert_rows};
use crate::editions::edition;
use crate::state::AppState;
use crate::sync::{RowPut, SyncService, Wanted, add_places_in, put_and_leave};
use crate::users::{Access, Actor};

/// Why nothing was imported.
#[derive(Debug)]
pub enum ImportError {
    /// The files have mistakes; these.
    Refused(Problems),
    /// Something else.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for ImportError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Projects as files.
pub struct Projects<'a> {
    pub(super) state: &'a AppState,
    sync: SyncService,
    actor: Actor,
}

/// What an import would do.
struct Plan {
    report: Report,
    project: ProjectId,
    rows: Vec<RowPut>,
    left: Vec<(Uuid, keyturn_domain::ScopeId)>,
    places: Vec<crate::sync::NewPlace>,
    logins: Vec<super::build::NewLogin>,
    give: BTreeSet<Wanted>,
    end: BTreeSet<Wanted>,
}

impl<'a> Projects<'a> {
    /// Returns the calls, made in the name of `actor`.
    pub fn new(state: &'a AppState, sync: SyncService, actor: Actor) -> Self {
        Self { state, sync, actor }
    }

    /// Imports what was read, whole or not at all. Importing the same again changes nothing.
    ///
    /// # Errors
    /// Every mistake at once, or what the storage says.
    pub async fn import(&self, input: Input) -> Result<Report, ImportError> {
        let mut tx = self.state.db.begin_write().await?;
        let plan = self.plan(&mut tx, input).await?;
        if plan.report.is_unchanged() {
            return Ok(plan.report);
        }
        let report = self.write(&mut tx, plan).await?;
        tx.commit().await?;
        self.state.poke(report.project);
        Ok(report)
    }

    /// Tells what an import would change, and writes nothing.
    ///
    /// # Errors
    /// As [`Projects::import`].
    pub async fn rehearse(&self, input: Input) -> Result<Report, ImportError> {
        let mut tx = self.state.db.begin_read().await?;
        let mut plan = self.plan(&mut tx, input).await?;
        plan.report.dry_run = true;
        Ok(plan.report)
    }

    /// Returns the data that the tables of an input must be read with, when the server holds a newer edition of the project
    /// than comes along; else nothing.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn data_for(&self, input: &Input) -> Result<Option<Arc<Catalog>>, Error> {
        let Some(code) = input.project_code() else {
            return Ok(None);
        };
        let mut tx = self.state.db.begin_read().await?;
        let project = Present::read(&mut tx, code).await?.project;
        let edition = edition(&mut tx, project, None).await?;
        Ok((edition.number > input.newest_edition()).then_some(edition.catalog))
    }

    async fn plan(&self, conn: &mut AnyConnection, mut input: Input) -> Result<Plan, ImportError> {
        let mut problems = std::mem::take(&mut input.problems);
        // Without the one row of the project nothing can be compared with what is there.
        let codes: Vec<&str> = input.rows("project").map(|row| row.str("code")).collect();
        let [code] = codes[..] else {
            return Err(ImportError::Refused(problems));
        };
        let present = Present::read(conn, code).await?;
        let mut build = Build::new(&input, &present, &*self.state.ids);
        build.run();
        problems.more += build.problems.more;
        problems.list.append(&mut build.problems.list);
        if !problems.is_empty() {
            problems.settle();
            return Err(ImportError::Refused(problems));
        }
        let Build {
            wants,
            places,
            logins,
            notes,
            ..
        } = build;
        let held = held(conn, present.project).await?;
        let mut plan = compare(&present, wants);
        plan.report.tables = input.counts().into_iter().map(|(t, n)| (t.to_owned(), n)).collect();
        plan.report.code = input.rows("project").map(|row| row.str("code").to_owned()).collect();
        plan.report.notes = notes;
        plan.report.logins = logins.iter().map(|login| login.name.clone()).collect();
        plan.give.retain(|wanted| !held.contains(wanted));
        plan.end.retain(|wanted| held.contains(wanted));
        (plan.report.granted, plan.report.revoked) = (plan.give.len(), plan.end.len());
        let touched: BTreeSet<Uuid> = plan.rows.iter().map(|row| row.id).collect();
        plan.places = places
            .into_iter()
            .filter(|place| touched.contains(&place.id.0))
            .collect();
        plan.logins = logins;
        Ok(plan)
    }

    async fn write(&self, tx: &mut WriteTx, plan: Plan) -> Result<Report, Error> {
        let now = self.state.now();
        let project = plan.project;
        self.sync.create_project_in(tx, project, &plan.report.code).await?;
        let users: Vec<Vec<Cell>> = plan
            .logins
            .iter()
            .map(|login| {
                vec![
                    (*login.id.as_bytes()).into(),
                    login.name.as_str().into(),
                    login.display.as_str().into(),
                    now.into(),
                ]
            })
            .collect();
        insert_rows(tx, "INSERT INTO users (id, name, display, made_at)", 4, &users, "").await?;
        add_places_in(tx, project, &plan.places).await?;
        put_and_leave(tx, project, &plan.rows, &plan.left).await?;
        self.sync
            .grant_all(tx, project, plan.give, "grants of an import")
            .await?;
        self.sync.end_all(tx, self.actor, project, &plan.end).await?;
        let report = plan.report;
        let sum = |of: fn(&Counted) -> usize| report.counts.iter().map(of).sum::<usize>();
        let detail = format!(
            "{} added, {} changed, {} logins",
            sum(|c| c.added),
            sum(|c| c.changed),
            report.logins.len()
        );
        let entry = audit::Entry {
            actor: self.actor,
            action: "project.import",
            subject: project.to_string(),
            detail: &detail,
        };
        audit::record(tx, now, &entry).await?;
        Ok(report)
    }
}

/// Compares what shall be with what is.
fn compare(present: &Present, wants: Vec<Want>) -> Plan {
    let names = names(present, &wants);
    let mut report = Report {
        project: present.project,
        new_project: !present.exists,
        ..Report::default()
    };
    let mut counts: BTreeMap<&str, Counted> = BTreeMap::new();
    let mut after: BTreeMap<Uuid, &Stored> = present.rows.iter().map(|(id, row)| (*id, row)).collect();
    let (mut rows, mut left) = (Vec::new(), Vec::new());
    for want in &wants {
        let count = counts.entry(want.table).or_default();
        let told = usize::from(!want.name.is_empty());
        let old = present.rows.get(&want.id);
        after.insert(want.id, &want.row);
        if let Some(old) = old {
            if old.scope == want.row.scope && diff::same(old.body.as_deref(), want.row.body.as_deref()) {
                count.same += told;
                continue;
            }
            if old.scope != want.row.scope {
                left.push((want.id, old.scope));
            }
        }
        rows.push(RowPut {
            id: want.id,
            kind: want.row.kind.clone(),
            scope: want.row.scope,
            body: want.row.body.clone(),
        });
        if told == 0 {
            continue;
        }
        match old.and_then(|old| old.body.as_deref()) {
            None => {
                count.added += 1;
                report.added.push((want.table.to_owned(), want.name.clone()));
            }
            Some(before) => {
                count.changed += 1;
                let after = want.row.body.as_deref().unwrap_or_default();
                let mut fields = diff::fields(&want.row.kind, before, after, &names);
                if let Some(old) = old.filter(|old| old.scope != want.row.scope) {
                    let scope = |id: keyturn_domain::ScopeId| names.get(&id.0).cloned();
                    fields.push(FieldChange {
                        field: "scope".to_owned(),
                        old: scope(old.scope),
                        new: scope(want.row.scope),
                        personal: false,
                    });
                }
                report.changed.push(Changed {
                    table: want.table.to_owned(),
                    name: want.name.clone(),
                    fields,
                });
            }
        }
    }
    let named: BTreeSet<Uuid> = wants.iter().map(|want| want.id).collect();
    for (id, row) in present
        .rows
        .iter()
        .filter(|(id, row)| row.body.is_some() && !named.contains(id))
    {
        if let Some(table) = table_of(row, *id) {
            counts.entry(table).or_default().kept += 1;
        }
    }
    for def in TABLES {
        let counted = counts.remove(def.name).map(|count| Counted {
            table: def.name.to_owned(),
            ..count
        });
        report.counts.extend(counted);
    }
    let before = asked(present.project, present.rows.iter().map(|(id, row)| (*id, row)));
    let after = asked(present.project, after.into_iter());
    let (give, end) = (&after - &before, &before - &after);
    Plan {
        report,
        project: present.project,
        rows,
        left,
        places: Vec::new(),
        logins: Vec::new(),
        give,
        end,
    }
}

/// The table that makes rows of this kind; none for those that follow others.
fn table_of(row: &Stored, id: Uuid) -> Option<&'static str> {
    Some(match row.kind.as_str() {
        kind::PROJECT => "project",
        kind::BUILDING => "buildings",
        kind::FLOOR => "floors",
        kind::LAYOUT => "layouts",
        kind::PLACE => "places",
        kind::HOME => "homes",
        kind::PLAN => "plans",
        kind::STAFF => "staff",
        kind::TEAM => "teams",
        kind::TASK => {
            let task: keyturn_domain::rows::TaskRow = keyturn_domain::rows::read(row.body.as_deref()?)?;
            let handover = keyturn_domain::TaskId::of_rule(super::build::HANDOVER, task.place.0, "1");
            return (handover.0 == id).then_some("handover");
        }
        kind::HOUSEHOLD => "households",
        kind::PERSON => "persons",
        kind::SALES_PROMISE => "sales_promises",
        kind::NOTICE => "notices",
        kind::EDITION => "editions",
        _ => return None,
    })
}

/// What people call ids: rows by their codes, people by those of the staff.
fn names(present: &Present, wants: &[Want]) -> BTreeMap<Uuid, String> {
    let mut names: BTreeMap<Uuid, String> = present.names().map(|(id, code)| (id, code.to_owned())).collect();
    names.extend(wants.iter().map(|want| (want.id, want.name.clone())));
    let staff = present.of_kind::<StaffRow>(kind::STAFF).map(|(_, staff)| staff);
    let new = wants.iter().filter(|want| want.row.kind == kind::STAFF);
    let new = new.filter_map(|want| keyturn_domain::rows::read::<StaffRow>(want.row.body.as_deref()?));
    let staff: Vec<StaffRow> = staff.chain(new).collect();
    names.extend(staff.into_iter().map(|staff| (staff.user.0, staff.code)));
    names
}

/// The grants of a project that hold now.
async fn held(conn: &mut AnyConnection, project: ProjectId) -> Result<BTreeSet<Wanted>, Error> {
    let sql = "SELECT user_id, role, scope, access FROM grants WHERE project = $1 AND until_seq IS NULL";
    let rows = sqlx::query(sql)
        .bind(project.as_bytes().to_vec())
        .fetch_all(conn)
        .await
        .map_err(DbError::from)?;
    let mut held = BTreeSet::new();
    for row in &rows {
        use crate::db::{id, text};
        let access = if text(row, "access")? == "write" {
            Access::Write
        } else {
            Access::Read
        };
        let (user, scope) = (
            id(row, "user_id", keyturn_domain::UserId::from_bytes)?,
            id(row, "scope", keyturn_domain::ScopeId::from_bytes)?,
        );
        if let Ok(role) = text(row, "role")?.parse() {
            held.insert((user, role, scope, access));
        }
    }
    Ok(held)
}
