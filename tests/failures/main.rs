//! Reproduces real failures of usage metrics, and shows where each one is caught.
//!
//! `docs/failures.md` is generated from the headers of these files and from the snapshots of their
//! tests. Each file has a function `exhibits`, which reproduces the failure and returns the
//! evidence.

mod support;

mod anonymous_visitors;
mod broken_version;
mod changed_dimension_value;
mod consent_given_later;
mod dropped_column;
mod event_never_fired;
mod failing_capture;
mod login_page;
mod missed_week;
mod misspelt_name;
mod payload_twice;
mod personal_data;
mod pruned_first_time_users;
mod raw_sql_comma;
mod redefined_metric;
mod refused_row;
mod renamed_event;
mod reserved_word;
mod sentinel_number;
mod slow_capture;
mod switched_off;
mod undeclared_breakage;
mod undocumented_ping;
mod vanished_call_site;
mod week_borders;
mod week_of_the_session;

/// Defines a test for each failure. The page lists the failures in the same order.
macro_rules! failures {
    ($($name:ident)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                support::exhibit::check(stringify!($name), &$name::exhibits().await);
            }
        )+
    };
}

failures! {
    renamed_event
    raw_sql_comma
    dropped_column
    failing_capture
    week_borders
    week_of_the_session
    anonymous_visitors
    vanished_call_site
    event_never_fired
    undocumented_ping
    misspelt_name
    reserved_word
    changed_dimension_value
    redefined_metric
    slow_capture
    missed_week
    switched_off
    login_page
    refused_row
    payload_twice
    sentinel_number
    pruned_first_time_users
    personal_data
    consent_given_later
    broken_version
    undeclared_breakage
}
