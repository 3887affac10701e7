//! `pings store publish`

mod data;
mod pages;
mod picture;
mod published;
mod selection;

use pings_codegen::{Tree, file_names};
use pings_pages::STYLE;
use pings_store::PublishOptions;
use time::OffsetDateTime;

use self::pages::Site;
use self::published::{MARK, Published};
use super::entry;
use super::opened::open_by;
use crate::arguments::Common;
use crate::arguments::publish::Publish as Arguments;
use crate::commands::inputs::{metric, registry};
use crate::commands::site;
use crate::failure::{Failure, Outcome};

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    let selections = selection::read(arguments)?;
    let registry = registry(common)?;
    let until = entry::until(arguments.until.as_deref())?;
    let files = file_names(selections.iter().map(|it| it.code.as_str()));
    let store = open_by(database, &registry).await?;
    let now = OffsetDateTime::now_utc();
    let mut codes = Vec::new();
    for (selection, file) in selections.into_iter().zip(files) {
        let (ping, metric) = metric(&registry, &selection.code)?;
        let options = PublishOptions {
            measure: selection.measure,
            by: selection.by,
            k: arguments.least,
            weeks: arguments.weeks,
            until,
            after: arguments.after,
            now,
        };
        let publication = store.publication(&registry, &metric.code, &options);
        codes.push(Published {
            title: metric.title.as_deref().unwrap_or(&ping.title),
            purpose: ping.purpose.as_deref().unwrap_or_default(),
            // No page of a code can replace the index.
            file: if file == "index" {
                "index_".to_owned()
            } else {
                file
            },
            publication: publication.await?,
        });
    }
    store.close().await;
    if codes.iter().all(|code| code.publication.weeks.is_empty()) {
        return Err(Failure::Input(format!(
            "the store has no week of {} that is due\nhelp: a week is published {} days after its end, see --after",
            registry.name(),
            arguments.after
        )));
    }
    let tree = tree(registry.title(), arguments.least, &codes)?;
    let out = &arguments.out;
    let command = format!(
        "the same `pings store publish --out {}` again",
        out.display()
    );
    site::write(common, (out, arguments.check), &tree, &command)
}

/// Returns all files.
fn tree(title: &str, k: u32, codes: &[Published<'_>]) -> Result<Tree, Failure> {
    let mut tree = Tree::default();
    let site = Site { title, k, codes };
    tree.insert("index.html", site.index());
    tree.insert("public.css", format!("/* {MARK} */\n{STYLE}"));
    for code in codes {
        let file = &code.file;
        let json = data::json(&code.publication, code.title);
        let json = serde_json::to_string_pretty(&json).unwrap_or_default();
        tree.insert(format!("{file}.html"), site.code(code));
        tree.insert(format!("{file}.json"), format!("{json}\n"));
        tree.insert(format!("{file}.csv"), data::csv(&code.publication));
        tree.insert_binary(format!("{file}.parquet"), data::parquet(&code.publication)?);
        if code.newest().is_some() {
            let svg = picture::svg(code).map_err(Failure::Ours)?;
            tree.insert(format!("{file}.svg"), svg);
        }
    }
    Ok(tree)
}
