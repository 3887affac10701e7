//! Failures from the field, each committed for real, and where it is caught.
//!
//! `docs/failures.md` is made of the headers of these files and of what their tests show: a file
//! has one function, `exhibits`, which commits the failure and shows what comes of it.

mod support;

mod anonymous_visitors;
mod renamed_event;
mod week_borders;

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
    week_borders
    anonymous_visitors
}
