//! Intents: what a phone wants done about rows. One rule for both sides: the server applies it in its transaction, the
//! phone over the rows that it holds, for what it shows until the verdict.
//!
//! An intent is a kind and a payload ([`Command`]). [`apply`] looks at the rows as they are ([`Present`]) and returns
//! the rows as they shall be, or the code of why not. It reads no clock and makes no ids: the same intent over the same
//! rows has the same outcome. What was done before is done again without effect.
//!
//! A change of a person says what its author saw. When somebody else changed the same meanwhile, or two booked the same
//! hour, the verdict is `collides` and the office gets a task with both sides ([`collision_task`]).
//!
//! | kind | what | who |
//! |---|---|---|
//! | `person_put` | a new person or caller, sealed by the phone with a key of its own | everybody |
//! | `person_change` | name, telephone, way, quiet hours, relation, left | who meets owners |
//! | `household_change` | quiet hours, language, ambassador | who looks after owners |
//! | `contact_log` | a call, a message, a talk | who meets owners |
//! | `move_out` | a household leaves, the next one begins empty | who looks after owners |
//! | `move_in` | a household comes to a home in which nobody lives | who looks after owners |
//! | `promise_event` | life of a sales promise | machine `promise` |
//! | `notice_put` | a notice, or its next version | reviewer, manager |
//! | `notice_event` | life of a notice, in one home or in all | machine `notice` |
//! | `risk_decide` | the gate of delivery risk | manager |
//! | `milestone_set` | a day of the journey that tasks count from | who meets owners; of a project or batch the office |
//! | `appointment_put` | a time booked, moved, called off | who meets owners |
//! | `task_close` | what became of a task without a record, with the reason | the role of the task, and the office |
//! | `task_assign` | who does a task | reviewer, manager |
//! | `team_change` | the members of a team | reviewer, manager |
//! | `collision_settle` | the task about a collision is done | who looks after owners |

mod apply;
mod assign;
mod collision;
mod command;
mod household;
mod notice;
mod office;
mod person;
mod present;
mod refusal;
mod sales;
mod task;

pub use apply::{Asked, apply};
pub use assign::{TaskAssign, TeamChange};
pub use collision::{COLLISION, Collided, collision_task};
pub use command::{Command, Needs};
pub use household::{HouseholdChange, MoveIn, MoveOut, NextHousehold};
pub use notice::{NoticeEvent, NoticePut};
pub use office::{AppointmentPut, CollisionSettle, MilestoneSet, RiskDecide};
pub use person::{ContactLog, NewKey, PersonChange, PersonPut, Seen};
pub use present::{Present, PresentRow, RowChange};
pub use refusal::Refusal;
pub use sales::PromiseEvent;
pub use task::TaskClose;

#[cfg(test)]
mod tests;
