//! Failures from the field, each committed for real, and where it is caught.
//!
//! `docs/failures.md` is made of the headers of these files and of what their tests show: a file
//! has one function, `exhibits`, which commits the failure and shows what comes of it.

mod support;

mod anonymous_visitors;
mod changed_dimension_value;
mod dropped_column;
mod failing_capture;
mod missed_week;
mod raw_sql_comma;
mod redefined_metric;
mod renamed_event;
mod slow_capture;
mod undocumented_ping;
mod vanished_call_site;
mod week_borders;
mod week_of_the_session;

/// A test for each failure; the page has them in this order.
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
    vanished_call_site
    undocumented_ping
    anonymous_visitors
    changed_dimension_value
    redefined_metric
    slow_capture
    missed_week
}
