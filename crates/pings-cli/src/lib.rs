#![doc = include_str!("../README.md")]

mod arguments;
mod commands;
mod config;
mod failure;
mod log;
mod output;
mod progress;
pub mod reference;

use std::process::ExitCode;
use std::time::Duration;

use arguments::{Arguments, Command};

/// Runs the command: parses the arguments, runs the command, and reports the result.
pub fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(error) => {
            if let Some(message) = Arguments::missing_subcommand(&error) {
                output::error(&message);
                return ExitCode::from(1);
            }
            if error.use_stderr() {
                // The arguments may contain the address of a database.
                output::complain(error.render().ansi().to_string().trim_end());
                return ExitCode::from(1);
            }
            // If even this cannot be printed, the failure cannot be reported.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let format = arguments.common.failures;
    anstream::ColorChoice::from(arguments.common.color).write_global();
    output::set_quiet(arguments.common.quiet);
    if let Err(failure) = log::install(arguments.common.verbose, &arguments.command) {
        return failure.report(format);
    }
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(run(arguments));
            // Pending work must not delay the exit.
            runtime.shutdown_timeout(Duration::from_secs(2));
            done
        }
        Err(error) => Err(failure::Failure::Ours(format!("cannot start: {error}"))),
    };
    let code = done.unwrap_or_else(|failure| failure.report(format));
    if output::is_lost() {
        output::error("the output could not be written");
        return ExitCode::from(2);
    }
    code
}

async fn run(arguments: Arguments) -> failure::Outcome {
    let Arguments { command, common } = arguments;
    match command {
        Command::Check(check) if commands::check::live::is_wanted(&common, &check.live) => {
            commands::check::live::run(&common, &check).await
        }
        Command::Check(check) => commands::check::run(&common, &check),
        Command::New(new) => commands::new::run(&common, &new),
        Command::Convert(convert) => commands::convert::run(&common, &convert),
        Command::Generate(generate) => commands::generate::run(&common, &generate),
        Command::Catalogue(it) => commands::catalogue::run(&common, &it).await,
        Command::Scan(scan) => commands::scan::run(&common, &scan),
        Command::Diff(diff) => commands::diff::run(&common, &diff),
        Command::Sql(sql) => commands::sql::run(&common, &sql),
        Command::Explain(explain) => commands::explain::run(&common, &explain),
        Command::Init(init) => commands::init::run(&common, &init).await,
        Command::Record(record) => commands::record::run(&common, &record).await,
        Command::Set(set) => commands::set::run(&common, &set).await,
        Command::Serve(serve) => commands::serve::run(&common, &serve).await,
        Command::Tail(tail) => commands::tail::run(&common, &tail).await,
        Command::Import(import) => commands::import::run(&common, &import).await,
        Command::Capture(capture) => commands::capture::run(&common, &capture).await,
        Command::Report(report) => commands::report::run(&common, &report).await,
        Command::Prune(prune) => commands::prune::run(&common, &prune).await,
        Command::Preview(preview) => commands::delivery::preview::run(&common, &preview).await,
        Command::Outbox(outbox) => commands::delivery::outbox::run(&common, &outbox.command).await,
        Command::Send(send) => commands::delivery::send::run(&common, &send).await,
        Command::Instance(it) => commands::delivery::instance::run(&common, &it.command).await,
        Command::Migrate(it) => commands::delivery::migrate::run(&common, &it).await,
        Command::Bundle(bundle) => commands::delivery::bundle::run(&common, &bundle).await,
        Command::Run(run) => commands::delivery::run::run(&common, &run).await,
        Command::Consent(consent) => commands::consent::run(&common, consent.command).await,
        Command::View(view) => commands::view::run(&common, &view).await,
        Command::Store(store) => commands::store::run(&common, &store).await,
        Command::Completions(completions) => commands::completions::run(&completions),
        Command::Man(man) => commands::man::run(&man),
    }
}
