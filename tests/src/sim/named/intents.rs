//! What people want done about people and rows: asked twice, asked by two, told again, taken away.

use super::*;
use crate::harness::{DAY_MS, Fault, Restored};
use crate::sim::edits::rows::Ask;
use keyturn_client::facade::HouseholdView;

/// The choices of an [`Ask::MoveOut`]: nobody comes, or somebody does; and of an [`Ask::Change`] of the number.
const NOBODY: u32 = 6;
const NEXT: u32 = 2;
const NUMBER: u32 = 1;

impl History {
    /// Asks, and it must be queued.
    fn asked(&mut self, phone: usize, ask: Ask, home: usize, pick: u32) -> Result<(), Broken> {
        let done = self.ask_at(phone, ask, home, pick)?;
        hold(done == "saved", &format!("{ask:?} was answered with {done}"))
    }

    fn household(&self, phone: usize, home: usize) -> Result<HouseholdView, Broken> {
        let people = self.world.phones[phone].client().people();
        people
            .household(&self.home_of(home).place.to_string())
            .map_err(|e| e.to_string())
    }

    /// How often the server has done an intent of a kind, and refused one.
    fn judged(&self, kind: &str) -> (usize, usize) {
        let there = self.world.server.peek().intents();
        let of = |id: &uuid::Uuid| self.model.asked.get(id).is_some_and(|a| a.kind == kind);
        let all: Vec<_> = there.into_iter().filter(|j| of(&j.id)).collect();
        let done = all.iter().filter(|j| j.refused.is_empty()).count();
        (done, all.len() - done)
    }
}

/// Two people say the same of one home without knowing of each other: both are done, it happens once.
pub(super) async fn both_say_the_same(h: &mut History) -> Result<(), Broken> {
    for phone in [0, 1] {
        h.asked(phone, Ask::Day, 0, 0)?;
        h.asked(phone, Ask::Quiet, 0, 0)?;
        h.asked(phone, Ask::MoveOut, 0, NOBODY)?;
    }
    h.synced(0).await?;
    h.synced(1).await?;
    hold(h.judged("move_out") == (2, 0), "both are done")?;
    hold(h.judged("milestone_set") == (2, 0), "so are both days")?;
    hold(h.judged("household_change") == (2, 0), "and both quiet hours")
}

/// The server does it, its reply is lost, the phone dies and asks again: it is done once.
pub(super) async fn reply_lost(h: &mut History) -> Result<(), Broken> {
    h.asked(0, Ask::Person, 0, 0)?;
    h.asked(0, Ask::Contact, 0, 0)?;
    h.world.phones[0].net.fail(0, Fault::LostReply);
    h.sync(0, StepBudget::default(), 1).await?;
    hold(h.judged("contact_log") == (1, 0), "the server did it")?;
    h.restart(0);
    hold(h.household(0, 0)?.contacts.len() == 1, "the phone shows it as pending")?;
    h.synced(0).await?;
    let home = h.household(0, 0)?;
    hold(
        (home.persons.len(), home.contacts.len(), home.intents.len()) == (1, 1, 0),
        "it is there once, and nothing waits",
    )
}

/// A household moves out while an engineer writes about it offline: the next one's file begins empty, also there.
pub(super) async fn moved_out(h: &mut History) -> Result<(), Broken> {
    h.asked(0, Ask::Person, 0, 0)?;
    h.asked(0, Ask::Contact, 0, 0)?;
    h.synced(0).await?;
    h.synced(1).await?;
    let before = h.household(1, 0)?;
    h.asked(1, Ask::MoveOut, 0, NEXT)?;
    h.asked(0, Ask::Contact, 0, 1)?;
    h.synced(1).await?;
    h.synced(0).await?;
    h.synced(0).await?;
    hold(h.judged("contact_log") == (2, 0), "what happened on site is kept")?;
    let after = h.household(0, 0)?;
    hold(after.household != before.household, "somebody else lives there")?;
    hold(
        after.persons.is_empty() && after.contacts.is_empty(),
        "and nothing of those before is shown",
    )?;
    let of_people = |(kind, _): &(String, uuid::Uuid)| ["person", "contact", "subject_key"].contains(&kind.as_str());
    let held = h.world.phones[0].peek().rows();
    hold(!held.keys().any(of_people), "nor held by the engineer's phone")?;
    h.synced(2).await?;
    let office = h.world.phones[2].peek().rows();
    hold(
        office.keys().filter(|key| of_people(key)).count() >= 4,
        "the office keeps the file",
    )
}

/// Two change one number; the second collides, the office decides, twice, and it is decided once.
pub(super) async fn two_numbers(h: &mut History) -> Result<(), Broken> {
    h.asked(0, Ask::Person, 0, 0)?;
    h.synced(0).await?;
    h.synced(1).await?;
    h.asked(0, Ask::Change, 0, NUMBER)?;
    h.asked(1, Ask::Change, 0, NUMBER)?;
    h.synced(0).await?;
    h.synced(1).await?;
    hold(h.judged("person_change") == (1, 1), "the second collides")?;
    let listed = h.world.phones[1].client().people().intents();
    let codes: Vec<String> = listed
        .map_err(|e| e.to_string())?
        .into_iter()
        .map(|view| view.code)
        .collect();
    hold(codes == ["collides"], "and its phone says so")?;
    h.synced(0).await?;
    h.synced(1).await?;
    h.asked(0, Ask::Settle, 0, 0)?;
    h.asked(1, Ask::Settle, 0, 0)?;
    h.synced(0).await?;
    h.synced(1).await?;
    hold(h.judged("collision_settle") == (2, 0), "it is decided")
}

/// The server goes back behind what it did: it is told again, and does it again; the office has its task again.
pub(super) async fn told_again(h: &mut History) -> Result<(), Broken> {
    h.asked(1, Ask::Person, 0, 0)?;
    h.synced(1).await?;
    h.synced(0).await?;
    h.world.keep_server().await;
    h.asked(1, Ask::Contact, 0, 0)?;
    h.asked(1, Ask::Change, 0, NUMBER)?;
    // An engineer does not see the number that there is: whether it is another decides the office.
    h.asked(0, Ask::Change, 0, NUMBER)?;
    h.synced(1).await?;
    h.synced(0).await?;
    hold(h.judged("person_change") == (1, 1), "the second collides")?;
    h.restore_server(Restored::Epoch).await;
    hold(h.judged("person_change") == (0, 0), "the server does not know of it")?;
    h.synced(1).await?;
    h.synced(0).await?;
    hold(h.judged("contact_log") == (1, 0), "it was told again")?;
    hold(h.judged("person_change") == (1, 1), "both changes were, too")?;
    h.synced(1).await?;
    let open = h.world.phones[1].client().people().collisions();
    hold(
        open.map_err(|e| e.to_string())?.len() == 1,
        "the office has its task again",
    )
}

/// A manager decides at the gate without a signal, tells everybody in a notice, and somebody proves that it arrived.
pub(super) async fn gate(h: &mut History) -> Result<(), Broken> {
    h.asked(1, Ask::Decide, 0, 1)?;
    h.asked(1, Ask::Notice, 0, 3)?;
    h.asked(1, Ask::Notice, 0, 0)?;
    h.synced(1).await?;
    hold(h.judged("risk_decide") == (1, 0), "the gate is shut")?;
    h.synced(0).await?;
    h.asked(0, Ask::Proof, 0, 1)?;
    h.synced(0).await?;
    hold(h.judged("notice_event") == (2, 0), "sent and proven")
}

/// A phone that was withdrawn keeps what its person asked, and says so.
pub(super) async fn withdrawn(h: &mut History) -> Result<(), Broken> {
    h.asked(0, Ask::Person, 0, 0)?;
    h.world.withdraw(0).await;
    h.honest = false;
    h.synced(0).await?;
    hold(h.judged("person_put") == (0, 0), "nobody does it")?;
    let listed = h.world.phones[0].client().people().intents();
    let states: Vec<String> = listed
        .map_err(|e| e.to_string())?
        .into_iter()
        .map(|view| view.state)
        .collect();
    hold(states == ["queued"], "and the phone says that it waits")
}

/// The home is taken away before what was asked on site is handed in: it still counts, then nothing of it stays.
pub(super) async fn handed_in_late(h: &mut History) -> Result<(), Broken> {
    let (scope, ann) = (h.home_of(0).scope(), h.world.phones[0].user);
    h.asked(0, Ask::Person, 0, 0)?;
    h.asked(0, Ask::Quiet, 0, 0)
        .err()
        .ok_or("engineers do not say when a household is quiet")?;
    h.asked(0, Ask::Day, 0, 0)?;
    h.world.revoke(ann, keyturn_server::users::Role::Engineer, scope).await;
    h.world.pass(3 * DAY_MS);
    h.synced(0).await?;
    hold(h.judged("person_put") == (1, 0), "who was met on site was met")?;
    hold(
        h.judged("milestone_set") == (0, 1),
        "days are said by whoever holds the home",
    )
}
