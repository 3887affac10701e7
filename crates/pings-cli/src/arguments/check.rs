//! The arguments of `pings check`.

use clap::{ArgAction, ArgMatches, Args, FromArgMatches};
use pings_model::Level;

use super::format::CheckFormat;
use super::product::ProductDatabase;

/// The flags that set the levels of lints.
const FLAGS: &[(&str, char, &str, Level)] = &[
    (
        "deny",
        'D',
        "Fail if this lint has findings; `warnings` applies to all lints that warn",
        Level::Deny,
    ),
    (
        "warn",
        'W',
        "Show the findings of this lint without failing",
        Level::Warn,
    ),
    (
        "allow",
        'A',
        "Ignore the findings of this lint",
        Level::Allow,
    ),
];

#[derive(Args)]
#[command(after_help = "\
Example: pings check -D warnings -A unused-event --format sarif

docs/lints.md explains each lint. If several flags name the same lint, the last one
applies. The exit code is 1 if the registry has errors or a denied lint has findings.")]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) lints: LintLevels,
    /// The day on which the lints run, for reproducible results [default: today, in UTC]
    #[arg(long, value_name = "DATE")]
    pub(crate) today: Option<String>,
    #[command(flatten)]
    pub(crate) live: Live,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: CheckFormat,
}

/// Options of the comparison with databases in `pings check`.
#[derive(Args)]
pub(crate) struct Live {
    /// Compare the registry with the product's database; with NAME, with one of several
    #[arg(long, value_name = "[NAME=]URL")]
    pub(crate) product_database: Vec<ProductDatabase>,
    /// The number of recent weeks of the event log to check
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=520))]
    pub(crate) weeks: u32,
    /// The maximum number of rows to read from the event log, newest first
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) rows: i64,
}

/// Lints with the requested levels, in the order of the command line.
pub(crate) struct LintLevels(pub(crate) Vec<(String, Level)>);

impl Args for LintLevels {
    fn augment_args(command: clap::Command) -> clap::Command {
        FLAGS
            .iter()
            .fold(command, |command, (name, short, help, _)| {
                command.arg(
                    clap::Arg::new(*name)
                        .short(*short)
                        .long(*name)
                        .value_name("LINT")
                        .action(ArgAction::Append)
                        .help(*help),
                )
            })
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for LintLevels {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut said: Vec<(usize, String, Level)> = Vec::new();
        for (name, _, _, level) in FLAGS {
            let lints = matches.get_many::<String>(name).into_iter().flatten();
            let places = matches.indices_of(name).into_iter().flatten();
            said.extend(
                places
                    .zip(lints)
                    .map(|(at, lint)| (at, lint.clone(), *level)),
            );
        }
        said.sort_unstable_by_key(|(at, ..)| *at);
        Ok(Self(
            said.into_iter()
                .map(|(_, lint, level)| (lint, level))
                .collect(),
        ))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
