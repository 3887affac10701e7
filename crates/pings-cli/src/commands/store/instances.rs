//! `pings store instances`

use std::process::ExitCode;

use pings_payload::Uuid;
use pings_store::{Sender, Store};
use serde_json::json;

use super::opened::open;
use crate::arguments::Common;
use crate::arguments::store::Instances;
use crate::failure::{Failure, Outcome};
use crate::output::counted;
use crate::output::{self, Align, DIM, Table, styled};
use crate::progress;

/// The number of instances that are read at once.
const AT_ONCE: u32 = 1_000;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Instances) -> Outcome {
    let store = open(database, false).await?;
    if let Some(instance) = arguments.unpin {
        unpin(common, &store, instance).await?;
    } else if !arguments.leave_out.is_empty() {
        let reason = arguments.reason.as_deref();
        leave_out(common, &store, &arguments.leave_out, reason).await?;
    } else if !arguments.count.is_empty() {
        leave_out(common, &store, &arguments.count, None).await?;
    } else if let Some(weeks) = arguments.confirm_after {
        confirm_after(common, &store, weeks).await?;
    } else {
        list(common, &store).await?;
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn list(common: &Common, store: &Store) -> Result<(), Failure> {
    let mut senders: Vec<Sender> = Vec::new();
    loop {
        let after = senders.last().map(|last| last.instance.as_str());
        let more = store.senders(after, AT_ONCE).await?;
        let is_last = more.len() < AT_ONCE as usize;
        senders.extend(more);
        if is_last {
            break;
        }
    }
    let confirm_after = store.confirmed_after().await?;
    if common.is_json() {
        let instances: Vec<_> = senders.iter().map(written).collect();
        output::say_json(&json!({ "confirm_after": confirm_after, "instances": instances }));
    } else if senders.is_empty() {
        output::complain("note: no instance has sent a payload yet");
    } else {
        output::say(&table(&senders));
        if confirm_after > 1 {
            let text = format!("instances count once they reported in {confirm_after} weeks");
            output::say(&styled(DIM, &text));
        }
    }
    Ok(())
}

fn table(senders: &[Sender]) -> String {
    let left = Align::Left;
    let mut table = Table::new(&[left, left, left, Align::Right, left, left], 0);
    let head = [
        "INSTANCE",
        "FIRST WEEK",
        "LAST WEEK",
        "PAYLOADS",
        "NUMBERS",
        "KEY",
    ];
    table.row(head.map(|name| styled(DIM, name)).to_vec());
    for sender in senders {
        let text = |text: &Option<String>| output::plain(text.as_deref().unwrap_or("-"));
        table.row(vec![
            output::plain(&sender.instance),
            text(&sender.first_week),
            text(&sender.last_week),
            sender.payloads.to_string(),
            match (&sender.left_out, sender.conflicts) {
                (Some(reason), _) => format!("left out: {}", output::plain(reason)),
                (None, 0) => "count".to_owned(),
                (None, weeks) => format!("count, {} of a clone", counted(weeks, "week", "weeks")),
            },
            match &sender.key {
                Some(key) => output::plain(key),
                None => "not signed".to_owned(),
            },
        ]);
    }
    table.lines().join("\n")
}

fn written(sender: &Sender) -> serde_json::Value {
    json!({
        "instance": sender.instance,
        "first_week": sender.first_week,
        "last_week": sender.last_week,
        "payloads": sender.payloads,
        "key": sender.key,
        "left_out": sender.left_out,
        "conflicts": sender.conflicts,
    })
}

async fn leave_out(
    common: &Common,
    store: &Store,
    instances: &[Uuid],
    reason: Option<&str>,
) -> Result<(), Failure> {
    for instance in instances {
        store.leave_out(*instance, reason).await?;
        let numbers = format!("the numbers of {instance}");
        match reason {
            _ if common.is_json() => {
                output::say_json(&json!({ "instance": instance.to_string(), "left_out": reason }));
            }
            Some(_) => output::done("Left out", &numbers),
            None => output::done("Counted", &numbers),
        }
    }
    Ok(())
}

async fn confirm_after(common: &Common, store: &Store, weeks: u32) -> Result<(), Failure> {
    let bar = progress::bar("Rebuilding");
    let rebuilt = store.confirm_after(weeks, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    let rebuilt = rebuilt.await;
    bar.finish_and_clear();
    let rebuilt = rebuilt?;
    if common.is_json() {
        output::say_json(&json!({ "confirm_after": weeks, "numbers": rebuilt.numbers }));
    } else {
        let weeks = counted(weeks.into(), "week", "weeks");
        let numbers = counted(rebuilt.numbers, "number", "numbers");
        output::done(
            "Set",
            &format!("instances count after {weeks}; rebuilt {numbers}"),
        );
    }
    Ok(())
}

async fn unpin(common: &Common, store: &Store, instance: Uuid) -> Result<(), Failure> {
    let was_pinned = store.unpin(instance).await?;
    if common.is_json() {
        output::say_json(&json!({ "instance": instance.to_string(), "unpinned": was_pinned }));
    } else if was_pinned {
        output::done("Unpinned", &format!("the key of {instance}"));
    } else {
        output::complain(&format!("note: no key of {instance} is pinned"));
    }
    Ok(())
}
