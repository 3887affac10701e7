//! The page of a code with its instances grouped by version, size or an attribute.

use std::collections::BTreeMap;
use std::sync::Arc;

use maud::{Markup, html};
use pings_charts::{Chart, GROUPS, Instances, Kind, Line, Week};
use pings_model::{Metric, Ping, Registry};
use pings_store::{
    Cohort, Error, InstancesBy, Notes, Result, Spread, Statistic, Usage, UsageOptions, UsagePeriod,
    UsageWeek,
};
use time::OffsetDateTime;

use crate::answer::Content;
use crate::asked::{Asked, Show};
use crate::chart::figure;
use crate::frame::Area;
use crate::pages::choice::choice;
use crate::pages::{code_address, formats, left_out_note};
use crate::site::Site;
use crate::table::{Cell, Table};
use crate::text::{self, plain};

/// The data of the page.
struct Groups {
    by: String,
    usage: Usage,
    statistic: Statistic,
    /// The groups in their order.
    cohorts: Vec<Cohort>,
    notes: Notes,
}

/// Returns the page of a code with the values of trusted instances by a property of the instances.
pub(crate) async fn usage(
    site: &Site,
    registry: &Arc<Registry>,
    (ping, metric): (&Ping, &Metric),
    (by, asked): (&str, &Asked),
) -> Result<Content> {
    let show = asked.show()?;
    if !matches!(show, Show::Trusted | Show::Mean) {
        let message = format!("show: use mean, or leave it out, with instances by {by}");
        return Err(Error::input(message));
    }
    let now = OffsetDateTime::now_utc();
    let options = UsageOptions {
        weeks: asked.weeks()?,
        until: asked.until(now)?,
        measure: None,
        by: Some(InstancesBy::of(by)),
        window: asked.window()?.map(UsagePeriod::Window),
        now: Some(now),
    };
    let store = &site.store;
    let usage = store.usage(registry, &metric.code, &options).await?;
    let adds_up = usage.weeks.iter().any(|it| it.spread.total.is_some());
    let groups = Groups {
        by: by.to_owned(),
        statistic: match show == Show::Trusted && adds_up {
            true => Statistic::Total,
            false => Statistic::Mean,
        },
        cohorts: cohorts(&usage),
        usage,
        notes: store.notes_by_week().await?,
    };
    let weeks = groups.usage.weeks.iter().map(|it| it.week);
    let weeks = weeks.clone().min().zip(weeks.max());
    let left_out = store.left_out(Some(registry), weeks).await?;
    let mut json = groups.usage.json();
    left_out.add_to(&mut json);
    groups.notes.add_to(&mut json);
    let attributes = site.attributes().await?;
    let table = groups.table();
    let title = metric.title.as_deref().unwrap_or(&ping.title);
    let command = format!("pings store usage {} --by {by}", metric.code);
    let markup = html! {
        p.section dir="auto" { (plain(title)) }
        h1 dir="auto" { code { (plain(&metric.code)) } }
        (choice(metric, asked, (show, groups.usage.window.as_str()), &attributes))
        @if groups.usage.weeks.is_empty() {
            p { "The store has no payloads of this registry in these weeks." }
        } @else {
            (groups.chart())
            h2 { "Numbers" }
            (table.html())
            (formats(&code_address(registry.name(), &metric.code, asked), &command))
            (left_out_note(&left_out))
        }
    };
    Ok(Content {
        area: Area::Other,
        title: metric.code.clone(),
        markup,
        table,
        json,
    })
}

/// Returns all groups in their order.
fn cohorts(usage: &Usage) -> Vec<Cohort> {
    let all = usage.weeks.iter().flat_map(|week| &week.groups);
    let mut all: Vec<Cohort> = all.map(|(cohort, _)| cohort.clone()).collect();
    all.sort();
    all.dedup();
    all
}

fn name(cohort: &Cohort) -> String {
    cohort
        .name()
        .map_or_else(|| "(none)".to_owned(), |it| plain(&it))
}

fn of<'w>(week: &'w UsageWeek, cohort: &Cohort) -> Option<&'w Spread> {
    let found = week.groups.iter().find(|(it, _)| it == cohort);
    found.map(|(_, spread)| spread)
}

impl Groups {
    fn value(&self, week: &UsageWeek, cohort: &Cohort) -> Option<f64> {
        of(week, cohort)?.get(self.statistic)
    }

    /// Returns what the values are.
    fn over(&self) -> &'static str {
        match self.statistic {
            Statistic::Total => "sum over the trusted instances of each group",
            _ => "per trusted instance of each group",
        }
    }

    /// Returns the groups that are drawn: those with the most instances, in their order.
    fn drawn(&self) -> Vec<&Cohort> {
        let mut instances: BTreeMap<&Cohort, u64> = BTreeMap::new();
        for (cohort, spread) in self.usage.weeks.iter().flat_map(|week| &week.groups) {
            *instances.entry(cohort).or_default() += spread.instances;
        }
        let mut drawn: Vec<&Cohort> = self.cohorts.iter().collect();
        drawn.sort_by_key(|it| std::cmp::Reverse(instances.get(it).copied().unwrap_or(0)));
        drawn.truncate(GROUPS);
        drawn.sort();
        drawn
    }

    fn chart(&self) -> Markup {
        let weeks = &self.usage.weeks;
        let lines = self
            .drawn()
            .into_iter()
            .enumerate()
            .map(|(place, cohort)| Line {
                name: name(cohort),
                kind: Kind::Group(place),
                values: weeks
                    .iter()
                    .map(|week| self.value(week, cohort).filter(|_| week.is_complete))
                    .collect(),
            });
        let more = self.cohorts.len().saturating_sub(GROUPS);
        let more = (more > 0).then(|| format!("{more} more in the table, not drawn"));
        let incomplete = weeks.iter().find(|week| !week.is_complete);
        let incomplete = incomplete.map(|it| format!("incomplete from {}, not drawn", it.week));
        let measure = text::measure(&self.usage.measure);
        let title = format!("{measure}, instances by {}", plain(&self.by));
        let chart = Chart {
            title: &title,
            subtitle: self.over(),
            measure: &measure,
            lines: lines.collect(),
            bands: Vec::new(),
            spans: Vec::new(),
            notes: more.into_iter().chain(incomplete).collect(),
            weeks: weeks
                .iter()
                .map(|week| Week {
                    name: week.name.clone(),
                    untrusted_share: 0.0,
                    instances: instances(week),
                    note: self.note(week),
                })
                .collect(),
            number: &text::number,
        };
        let says = format!(
            "{} of {}, {}, by week. The table has the numbers.",
            measure,
            self.usage.code,
            self.over()
        );
        figure(&chart, &says)
    }

    fn note(&self, week: &UsageWeek) -> Option<String> {
        self.notes.between(&week.borders).map(|it| plain(&it))
    }

    fn table(&self) -> Table {
        let caption = format!("{} by week and {}", self.usage.code, self.by);
        let mut table = Table::new(caption).text("Week");
        for cohort in &self.cohorts {
            let name = name(cohort);
            table = table
                .number(name.clone())
                .number(format!("instances {name}"));
        }
        table = table
            .number("trusted")
            .number("not trusted")
            .text("remarks");
        for week in &self.usage.weeks {
            let mut cells = vec![Cell::text(&week.name)];
            for cohort in &self.cohorts {
                let instances = of(week, cohort).map_or(0, |it| it.instances);
                cells.push(Cell::Number(self.value(week, cohort)));
                cells.push(Cell::count(instances));
            }
            let of = instances(week);
            cells.extend([of.trusted, of.untrusted].map(Cell::count));
            let incomplete = (!week.is_complete).then(|| "incomplete".to_owned());
            let remarks: Vec<String> = incomplete.into_iter().chain(self.note(week)).collect();
            cells.push(Cell::text(remarks.join(", ")));
            table.row(cells);
        }
        table
    }
}

/// Returns the instances with a value. Instances without a value are not known here.
fn instances(week: &UsageWeek) -> Instances {
    Instances {
        trusted: week.spread.instances,
        untrusted: week.measured.saturating_sub(week.spread.instances),
        rest: 0,
    }
}
