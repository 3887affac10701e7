//! Compares the time for the report of a week on a long event log with the fastest known SQL.
//!
//! The baseline always reads the rows. A report does so as well, unless the line says that its values are
//! kept: then it takes them from daily totals, to which a first report adds the rows of the week.
//!
//! Run it with `cargo bench -p pings-tests --bench report`. With `-- --history`, ten times as many
//! weeks precede the reported week. `PINGS_BENCH_ROWS` is the number of rows in the log, by default
//! a million.

mod data;
mod floor_postgres;
mod floor_sqlite;
mod measured;

use std::time::Instant;

/// The number of runs of each variant.
const ROUNDS: usize = 7;

use measured::Measured;
use pings_runtime::Url;

/// A query on the log.
#[derive(Clone, Copy, PartialEq)]
pub enum Work {
    /// Events and users for each name.
    Counts,
    /// Events and users for each name, in each window of the week.
    Windows,
    /// Events of six names by the type of the insight.
    Types,
    /// Events, users, and users in order for each step.
    Funnel,
    /// First-time users for a number of names, including the time to read new rows.
    FirstTime(usize),
    /// Events of six names since the log began, in the first report after the rows of the week came.
    AllTime,
}

/// Where a report takes its values from.
#[derive(Clone, Copy, PartialEq)]
pub enum From {
    /// The rows.
    Rows,
    /// The rows, of which those of the week are new: which versions ran is read from them, too.
    NewRows,
    /// Daily totals.
    Kept,
    /// Daily totals, to which the rows of the week are added first.
    KeptNow,
}

const WORKS: [(&str, Work, From); 12] = [
    ("counts and users of 20 names", Work::Counts, From::Rows),
    ("10 windows of 20 names", Work::Windows, From::Rows),
    ("6 names by type", Work::Types, From::Rows),
    ("funnel of 4 steps", Work::Funnel, From::Rows),
    ("first-time users, 1 name", Work::FirstTime(1), From::Rows),
    ("first-time users, 3 names", Work::FirstTime(3), From::Rows),
    ("20 names, first report", Work::Counts, From::NewRows),
    ("20 names, first report, kept", Work::Counts, From::KeptNow),
    ("20 names, kept", Work::Counts, From::Kept),
    ("10 windows of 20 names, kept", Work::Windows, From::Kept),
    ("6 names by type, kept", Work::Types, From::Kept),
    ("6 names, all time", Work::AllTime, From::Rows),
];

/// The answer to a query, one line per row, sorted.
pub type Answer = Vec<String>;

/// An event log in a database, and the baseline on it.
trait Log {
    /// Restores the state before the reported week was read.
    async fn forget(&mut self);
    async fn floor(&mut self, work: Work) -> Answer;
    /// Returns the address of the database.
    fn url(&self) -> Url;
    /// Returns the id of the last row before the reported week.
    fn last(&self) -> i64;
}

/// An answer, and how many milliseconds it took.
struct Timed {
    answer: Answer,
    milliseconds: f64,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let rows = std::env::var("PINGS_BENCH_ROWS")
        .map_or(1_000_000, |rows| rows.replace('_', "").parse().unwrap());
    let mut weeks = data::WEEKS;
    let per_week = rows / weeks;
    if std::env::args().any(|argument| argument == "--history") {
        weeks *= 10;
    }
    println!("{} rows, {per_week} of them in the week", per_week * weeks);
    runtime.block_on(async {
        let mut sqlite = floor_sqlite::Sqlite::load(weeks, per_week).await;
        let of_sqlite = compare("SQLite", &mut sqlite).await;
        drop(sqlite);
        if let Some(mut postgres) = floor_postgres::Postgres::load(weeks, per_week).await {
            let of_postgres = compare("PostgreSQL", &mut postgres).await;
            assert_eq!(of_sqlite, of_postgres, "both count alike");
        }
    });
}

/// Runs all queries on a log and prints a line for each.
async fn compare(database: &str, log: &mut impl Log) -> Vec<Answer> {
    println!("{database:<30}     floor  measured   ratio");
    let mut answers = Vec::new();
    let last = log.last();
    let measured = Measured::open(&log.url(), last).await;
    for (name, work, from) in WORKS {
        let (mut floors, mut runs) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            // The order alternates, so that what the machine does in between affects both alike.
            for turn in [round, round + 1] {
                if turn % 2 == 0 {
                    log.forget().await;
                    floors.push(timed(async || log.floor(work).await).await);
                } else {
                    measured.forget(work, from, last).await;
                    runs.push(timed(async || measured.answer(work, from).await).await);
                }
            }
        }
        let floor = median(floors);
        print(name, &floor, &median(runs));
        answers.push(floor.answer);
    }
    answers
}

async fn timed(mut run: impl AsyncFnMut() -> Answer) -> Timed {
    let start = Instant::now();
    let mut answer = run().await;
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    answer.sort();
    Timed {
        answer,
        milliseconds,
    }
}

fn median(mut runs: Vec<Timed>) -> Timed {
    runs.sort_by(|one, other| one.milliseconds.total_cmp(&other.milliseconds));
    assert!(runs.iter().all(|run| run.answer == runs[0].answer));
    runs.swap_remove(runs.len() / 2)
}

/// Prints a line of the table. Both answers must be equal.
fn print(name: &str, floor: &Timed, measured: &Timed) {
    assert_eq!(floor.answer, measured.answer, "{name}");
    println!(
        "{name:<30} {:>6.1} ms {:>6.1} ms  {:>5.2}×",
        floor.milliseconds,
        measured.milliseconds,
        measured.milliseconds / floor.milliseconds
    );
}
