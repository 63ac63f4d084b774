//! The tables of the estate: project, buildings, layouts, homes, plans.

use keyturn_domain::catalog::{CountFrom, Grade};
use keyturn_domain::rows::{BuildingRow, FloorRow, HomeRow, LayoutRow, PlaceRow, PlanRow, kind};

use super::super::form::periods_text;
use super::read::Reader;
use crate::Error;

type Rows = Vec<Vec<String>>;

impl Reader<'_> {
    pub(super) fn project_table(&self) -> Rows {
        let (row, settings) = (&self.row, &self.row.settings);
        let quiet = settings.quiet_hours.as_ref().map(|all| {
            let all: Vec<_> = all.iter().map(|period| (period.0, period.1)).collect();
            if all.is_empty() {
                "-".to_owned()
            } else {
                periods_text(&all)
            }
        });
        let grade = match row.tolerance_grade {
            Grade::Ordinary => "ordinary",
            Grade::High => "high",
        };
        let count_from = settings.season_count_from.map_or("", |from| match from {
            CountFrom::FirstFullSeason => "first_full_season",
            CountFrom::CurrentSeason => "current_season",
        });
        let weekend: Vec<String> = settings.calendar.weekend.iter().map(u32::to_string).collect();
        vec![vec![
            row.code.clone(),
            row.name.zh.clone(),
            row.name.en.clone(),
            row.time_zone.clone(),
            row.template.clone(),
            row.tolerance_ruleset.clone(),
            grade.to_owned(),
            settings.complaint_profile.clone(),
            settings.warranty_profile.clone(),
            text(settings.completion_acceptance),
            text(settings.design_life_years),
            weekend.join("|"),
            quiet.unwrap_or_default(),
            count_from.to_owned(),
            settings.contract_clauses.join("|"),
        ]]
    }

    pub(super) fn calendar_table(&self) -> Rows {
        let calendar = &self.row.settings.calendar;
        let day = |kind: &'static str| move |day: &chrono::NaiveDate| vec![day.to_string(), kind.to_owned()];
        let rest = calendar.rest_days.iter().map(day("rest"));
        rest.chain(calendar.workdays.iter().map(day("work"))).collect()
    }

    pub(super) fn seasons_table(&self) -> Rows {
        let seasons = self.row.settings.seasons.iter();
        seasons
            .map(|(code, s)| vec![code.clone(), s.start.to_string(), s.end.to_string()])
            .collect()
    }

    pub(super) async fn buildings_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<BuildingRow>(kind::BUILDING).await?;
        let row = |row: BuildingRow| {
            vec![
                row.code,
                row.name.zh,
                row.name.en,
                row.entrances.to_string(),
                row.floors.to_string(),
            ]
        };
        Ok(sorted(all.into_iter().map(|(_, b)| row(b)).collect()))
    }

    pub(super) async fn floors_table(&mut self) -> Result<Rows, Error> {
        let mut all = self.all::<FloorRow>(kind::FLOOR).await?;
        all.sort_by_key(|(_, row)| (self.building_code(Some(row.building)), row.floor));
        let row = |row: FloorRow| {
            let building = self.building_code(Some(row.building));
            vec![building, row.floor.to_string(), row.name.zh, row.name.en]
        };
        Ok(all.into_iter().map(|(_, f)| row(f)).collect())
    }

    pub(super) async fn layouts_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<LayoutRow>(kind::LAYOUT).await?;
        let row = |row: LayoutRow| {
            let features: Vec<String> = row.features.into_iter().collect();
            vec![row.code, row.name.zh, row.name.en, features.join("|")]
        };
        Ok(sorted(all.into_iter().map(|(_, l)| row(l)).collect()))
    }

    pub(super) async fn rooms_table(&mut self) -> Result<Rows, Error> {
        let mut all = self.all::<LayoutRow>(kind::LAYOUT).await?;
        all.sort_by(|(_, a), (_, b)| a.code.cmp(&b.code));
        let mut rows = Rows::new();
        for (_, layout) in all {
            for room in layout.rooms {
                let features: Vec<&str> = room.features.iter().map(AsRef::as_ref).collect();
                rows.push(vec![
                    layout.code.clone(),
                    room.code.to_string(),
                    room.kind.to_string(),
                    room.text.zh.clone(),
                    room.text.en.clone(),
                    room.windows.to_string(),
                    room.doors.to_string(),
                    text(room.width_mm),
                    text(room.depth_mm),
                    text(room.height_mm),
                    features.join("|"),
                ]);
            }
        }
        Ok(rows)
    }

    pub(super) async fn places_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<PlaceRow>(kind::PLACE).await?;
        let row = |row: PlaceRow| {
            let building = self.building_code(row.building);
            vec![row.code, row.name.zh, row.name.en, row.kind, building]
        };
        Ok(sorted(all.into_iter().map(|(_, p)| row(p)).collect()))
    }

    pub(super) async fn homes_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<HomeRow>(kind::HOME).await?;
        let row = |row: HomeRow| {
            let building = self.building_code(Some(row.building));
            vec![
                row.no,
                building,
                row.entrance.to_string(),
                row.floor.to_string(),
                row.layout,
            ]
        };
        Ok(sorted(all.into_iter().map(|(_, h)| row(h)).collect()))
    }

    pub(super) async fn plans_table(&mut self) -> Result<Rows, Error> {
        let all = self.all::<PlanRow>(kind::PLAN).await?;
        let places = self.all::<PlaceRow>(kind::PLACE).await?;
        let place = |id| {
            places
                .iter()
                .find(|(of, _)| *of == id)
                .map(|(_, place)| place.code.clone())
        };
        let row = |row: PlanRow| {
            vec![
                row.code,
                row.file,
                row.metres_per_pixel.to_string(),
                row.layout,
                self.building_code(row.building),
                text(row.floor),
                row.place.and_then(|id| place(id.0)).unwrap_or_default(),
                text(row.sha256),
            ]
        };
        Ok(sorted(all.into_iter().map(|(_, p)| row(p)).collect()))
    }
}

pub(super) fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Rows are known by what stands first in them.
pub(super) fn sorted(mut rows: Rows) -> Rows {
    rows.sort();
    rows
}
