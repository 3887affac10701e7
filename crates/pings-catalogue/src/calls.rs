//! The code that records an event.

use maud::{Markup, html};

/// Returns the code that records an event, in Rust and in TypeScript.
pub(crate) fn calls(rust: &str, web: &str) -> Markup {
    let rust = format!("pings.record(&{rust}, actor);");
    html! {
        dl.calls {
            dt { "Rust" } dd { pre data-copy { (rust) } }
            dt { "TypeScript" } dd { pre data-copy { (web) } }
        }
    }
}
