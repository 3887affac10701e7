//! `pings send`

use std::process::ExitCode;
use std::time::Duration;

use pings_payload::Week;
use pings_runtime::{Entry, State, next_send, send_next};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;

use super::{Place, answer};
use crate::arguments::{Common, Send};
use crate::failure::{Failure, Outcome};
use crate::output::counted;
use crate::output::{self, BAD, CAREFUL, styled};

/// The shortest and the longest time between two checks of the outbox.
const SHORTEST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(10);

pub(crate) async fn run(common: &Common, send: &Send) -> Outcome {
    let place = Place::open(common, send.product_version.as_deref()).await?;
    place.observe().await?;
    if !place.config.consent.send {
        place.log.close().await;
        place.say_not_sent();
        return Ok(ExitCode::SUCCESS);
    }
    let store = place.store(send.store.as_ref())?.ok_or_else(|| {
        Failure::Input(
            "no store is configured\n\
             help: set --store https://…, PINGS_STORE, or `store:` in pings-config.yaml"
                .to_owned(),
        )
    })?;
    let again = send.again.iter().map(|week| week.parse());
    let again = again.collect::<Result<Vec<Week>, _>>()?;
    let queued = place.queue().await?;
    if !common.is_json() && !queued.is_empty() {
        let what = counted(queued.len() as u64, "week", "weeks");
        output::done("Queued", &what);
    }
    let now = OffsetDateTime::now_utc();
    if send.parked {
        Entry::release_parked(&place.log, now).await?;
    } else {
        let released = Entry::release_changed(&place.log, &store, now).await?;
        if !common.is_json() && released > 0 {
            let what = counted(released, "parked week", "parked weeks");
            output::done(
                "Released",
                &format!("{what}, because the store's address or token changed"),
            );
        }
    }
    if !send.again.is_empty() {
        Entry::ask_again(&place.log, &again).await?;
    }
    let mut tried: Vec<Entry> = Vec::new();
    'sending: loop {
        while let Some(entry) = send_next(&place.log, &store, OffsetDateTime::now_utc).await? {
            if !common.is_json() {
                tell(&entry);
            }
            let was_tried = tried.iter().any(|other| is_same(other, &entry));
            tried.retain(|other| !is_same(other, &entry));
            tried.push(entry);
            // A payload came up a second time, so everything that was due has been tried.
            if send.once && was_tried {
                break 'sending;
            }
        }
        let now = OffsetDateTime::now_utc();
        // These weeks were requested by a person, or the store reported that it lacks them.
        if !place.delivery().send_again(now).await?.is_empty() {
            continue;
        }
        let Some(next) = next_send(&place.log, now).await? else {
            break;
        };
        if send.once {
            break;
        }
        let wait = next - OffsetDateTime::now_utc();
        let wait: Duration = wait.try_into().unwrap_or(Duration::ZERO);
        tokio::time::sleep(wait.clamp(SHORTEST, LONGEST)).await;
    }
    let all = Entry::all(&place.log).await?;
    place.log.close().await;
    let now = OffsetDateTime::now_utc();
    let of = |state: State| {
        let entries = all.iter().filter(|it| it.state == state && it.is_over(now));
        entries.count() as u64
    };
    let waiting = of(State::Waiting);
    let parked: Vec<&Entry> = all
        .iter()
        .filter(|it| it.state == State::Parked && it.is_over(now))
        .collect();
    let not_due: Vec<&Entry> = all
        .iter()
        .filter(|it| it.state == State::Waiting && it.is_over(now))
        .filter(|it| !tried.iter().any(|other| is_same(other, it)))
        .collect();
    if common.is_json() {
        let tried: Vec<Json> = tried.iter().map(json).collect();
        let not_due: Vec<Json> = not_due.iter().map(|it| json(it)).collect();
        let refused: Vec<Json> = parked.iter().map(|it| json(it)).collect();
        output::say_json(&json!({
            "queued": queued.len(), "tried": tried, "not_due": not_due, "parked": parked.len(),
            "parked_weeks": refused,
        }));
    } else if tried.is_empty() {
        let withheld = all.iter().filter(|it| it.state == State::Withheld).count();
        let why = match withheld as u64 {
            0 => String::new(),
            count => format!(
                "; {} withheld, because sending was not agreed to before they began",
                counted(count, "week is", "weeks are")
            ),
        };
        let what = match not_due.is_empty() {
            true => "no week is waiting",
            false => "no week is due",
        };
        output::done("Sent", &format!("nothing: {what}{why}"));
    }
    if !common.is_json() && !not_due.is_empty() {
        output::complain(&not_due_yet(&not_due));
    }
    if !common.is_json() && !parked.is_empty() {
        output::complain(&still_parked(&parked));
    }
    Ok(ExitCode::from(match (waiting, parked.len()) {
        (1.., _) => 2,
        (0, 1..) => PARKED,
        (0, 0) => 0,
    }))
}

/// The exit code if the store refused weeks, and no other week waits.
const PARKED: u8 = 3;

fn is_same(one: &Entry, other: &Entry) -> bool {
    (one.week, one.revision) == (other.week, other.revision)
}

/// The note about weeks that wait for their next attempt.
fn not_due_yet(entries: &[&Entry]) -> String {
    let count = counted(entries.len() as u64, "week waits", "weeks wait");
    let lines: Vec<String> = entries
        .iter()
        .map(|it| {
            let answer = match answer(it) {
                answer if answer.is_empty() => answer,
                answer => format!(": {answer}"),
            };
            format!(
                "  {} revision {} until {}{answer}",
                it.week, it.revision, it.due_at
            )
        })
        .collect();
    format!(
        "note: {count} for the next attempt\n{}\n\
         help: run `pings send` again after that, or without `--once` to wait for it",
        lines.join("\n")
    )
}

/// The note about weeks that the store refused, with the reasons.
fn still_parked(entries: &[&Entry]) -> String {
    let count = counted(entries.len() as u64, "week is", "weeks are");
    let lines: Vec<String> = entries
        .iter()
        .map(|it| format!("  {} revision {}: {}", it.week, it.revision, answer(it)))
        .collect();
    format!(
        "note: {count} parked, because the store refused them\n{}\n\
         help: they are sent again if the address or the token of the store changes, and by `pings send --parked`",
        lines.join("\n")
    )
}

/// Prints in one line what happened to a payload.
pub(super) fn tell(entry: &Entry) {
    let what = format!("{} revision {}", entry.week, entry.revision);
    let answer = answer(entry);
    match entry.state {
        State::Sent => {
            output::done("Sent", &what);
            let here = counted(entry.events(), "event", "events");
            let there = |events| counted(events, "event", "events");
            if let Some(events) = entry.outweighed_by() {
                output::complain(&format!(
                    "note: the store has different contents for {}, with {}; this database has {here}\n\
                     help: was this database restored or copied? `pings send --again {}` replaces the contents in the store",
                    entry.week,
                    there(events),
                    entry.week
                ));
            } else if let Some(events) = entry.contested_by() {
                output::complain(&format!(
                    "note: the store keeps different contents for {}, with {}; this database has {here}, and did not replace it\n\
                     help: does a copy of this database send, too? `pings instance new-id` gives the copy its own id",
                    entry.week,
                    there(events)
                ));
            }
        }
        State::Replaced => output::complain(&format!(
            "{} {what}: the store has different contents, so these contents become a higher revision",
            styled(CAREFUL.bold(), &format!("{:>12}", "Revised"))
        )),
        State::Parked => {
            output::complain(&format!(
                "{} {what} was refused and is kept: {answer}",
                styled(BAD.bold(), &format!("{:>12}", "Parked"))
            ));
            if entry.status == Some(401) {
                output::complain(
                    "help: set the store's token with `token:` in pings-config.yaml or with PINGS_STORE_TOKEN, and run `pings send` again",
                );
            }
        }
        State::Waiting | State::Withheld => output::complain(&format!(
            "{} {what} until {}: {answer}",
            styled(CAREFUL.bold(), &format!("{:>12}", "Waits")),
            entry.due_at
        )),
    }
}

fn json(entry: &Entry) -> Json {
    json!({
        "week": entry.week.to_string(),
        "revision": entry.revision,
        "state": entry.state.name(),
        "status": entry.status,
        "answer": entry.answer,
        "due_at": entry.due_at,
    })
}
