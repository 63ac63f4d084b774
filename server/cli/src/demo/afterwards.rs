//! A week later, again without a signal: the ambassador visits the owner who has moved in, and the engineer reports for
//! an owner who stops him on the stairs.

use super::story::{Player, Story};
use super::words;
use crate::failure::Failure;
use crate::http;
use crate::phone::{Ask, Talk};
use keyturn_client::facade::Recorded;
use keyturn_server::domain::record::case::CaseView;
use keyturn_server::domain::record::visit::view::{SurveyQuestionView, VisitView};
use keyturn_server::sync::DemoHome;

const SCRIPT: &str = "move_in_v1";
const SURVEY: &str = "move_in";
const THREE_DAYS_MS: i64 = 3 * 86_400_000;

/// What was recorded a week later.
pub struct Afterwards {
    /// The visit.
    pub visit: String,
    /// The case.
    pub case: String,
    /// Changes of both that the server does not have.
    pub lost: usize,
}

impl Story<'_> {
    /// Plays it, and looks on the server for everything that the phones hold.
    ///
    /// # Errors
    /// Whatever goes wrong; nothing is skipped.
    pub(super) async fn move_in(
        &self,
        a: &mut Player,
        b: &mut Player,
        home: &DemoHome,
        token: &str,
    ) -> Result<Afterwards, Failure> {
        self.out.say(words::STEP_MOVED_IN, &[])?;
        a.air.cut();
        b.air.cut();
        let place = home.place.to_string();
        let visit = self.visit(b, &place).await?;
        let case = self.report(a, &place).await?;
        a.air.restore();
        b.air.restore();
        for player in [&mut *b, &mut *a] {
            player.sync().await?;
        }
        b.sync().await?;
        let mut lost = 0;
        for player in [a, b] {
            let shown: VisitView = player.phone.ask(&Ask::OpenVisit { record: visit.clone() }).await?;
            lost += self.missing("visit", &visit, &shown.seen, token).await?;
            let shown: CaseView = player.phone.ask(&Ask::OpenCase { record: case.clone() }).await?;
            lost += self.missing("case", &case, &shown.seen, token).await?;
        }
        self.out.say(words::BOTH_HOLD, &[&lost])?;
        Ok(Afterwards { visit, case, lost })
    }

    /// Five parts, a short survey, a promise that is read back before the end.
    async fn visit(&self, b: &mut Player, place: &str) -> Result<String, Failure> {
        let persons: Vec<String> = b
            .phone
            .ask(&Ask::Household {
                place: place.to_owned(),
            })
            .await?;
        let met = persons
            .into_iter()
            .next()
            .ok_or_else(|| Failure::check("nobody lives in the home"))?;
        let begin = Ask::BeginVisit {
            place: place.to_owned(),
            script: SCRIPT.to_owned(),
            survey: SURVEY.to_owned(),
        };
        let view: VisitView = b.phone.ask(&begin).await?;
        let pick = |zh: &str, en: &str| self.out.lang.pick(zh, en).to_owned();
        let mut talks = vec![Talk::Arrive { met }];
        let lines = view.parts.iter().flat_map(|part| &part.lines);
        talks.extend(lines.filter(|line| line.when == "always").map(|line| Talk::Say {
            part: line.part.clone(),
            when: line.when.clone(),
        }));
        talks.extend(view.survey.first.iter().map(answer));
        talks.push(Talk::Promise {
            what: pick("三天内调好入户门", "The front door adjusted within three days"),
            within_ms: THREE_DAYS_MS,
        });
        talks.push(Talk::ReadBack);
        talks.push(Talk::Finish {
            result: pick("住得惯，门有点紧", "Settled in well, the door is a little tight"),
            next_step: pick("三天内回访", "Call back within three days"),
        });
        let mut seen = view.seen.clone();
        for talk in &talks {
            let done: Recorded = b
                .phone
                .ask(&Ask::Visit {
                    record: view.record.clone(),
                    seen: seen.clone(),
                    talk: talk.clone(),
                })
                .await?;
            seen = done.seen;
        }
        let asked = view.survey.first.len();
        self.out.say(words::VISITED, &[&b.letter, &view.parts.len(), &asked])?;
        Ok(view.record)
    }

    /// Place, kind, words, who called: four fields.
    async fn report(&self, a: &mut Player, place: &str) -> Result<String, Failure> {
        let persons: Vec<String> = a
            .phone
            .ask(&Ask::Household {
                place: place.to_owned(),
            })
            .await?;
        let words = self.out.lang.pick(
            "厨房水槽下面滴水，晚上六点后在家",
            "Dripping below the kitchen sink; at home after six",
        );
        let report = Ask::Report {
            place: place.to_owned(),
            kind: "repair".to_owned(),
            words: words.to_owned(),
            person: persons.into_iter().next().unwrap_or_default(),
        };
        let done: Recorded = a.phone.ask(&report).await?;
        self.out.say(words::REPORTED, &[&a.letter, &words])?;
        Ok(done.record)
    }

    /// Counts the heads that a phone shows and the server does not.
    async fn missing(&self, kind: &str, record: &str, seen: &[String], token: &str) -> Result<usize, Failure> {
        let shown = http::get(self.server.url(), &format!("/api/v1/records/{record}"), Some(token)).await?;
        let heads = shown.get(kind).and_then(|view| view.get("seen")?.as_array());
        let there = |head: &&String| heads.is_some_and(|all| all.iter().any(|h| h.as_str() == Some(head.as_str())));
        Ok(seen.iter().filter(|head| !there(head)).count())
    }
}

/// A satisfied owner, who has no opinion on what asks for words.
fn answer(question: &SurveyQuestionView) -> Talk {
    let value = match question.scale.as_str() {
        "S5" => Some("4".to_owned()),
        "E5" => Some("3".to_owned()),
        "R10" => Some("9".to_owned()),
        "YN" => Some("yes".to_owned()),
        "MC" => question.choices.first().map(|choice| choice.code.clone()),
        _ => None,
    };
    let question = question.question.clone();
    match value {
        Some(value) => Talk::Answer { question, value },
        None => Talk::Skip { question },
    }
}
