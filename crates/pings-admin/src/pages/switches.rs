//! The consent: each switch, what decided it, and since when.

use maud::{Markup, html};
use pings_payload::rfc3339;
use pings_runtime::{Origin, Period, Switch};

use crate::state::Logged;
use crate::text::{at, plain};
use crate::view::View;

pub(crate) fn switches(view: &View) -> Markup {
    let settings = &view.state.settings;
    let logged = view.logged();
    html! {
        h1 { "Switches" }
        p {
            "A switch that is turned on covers the weeks that begin later. "
            "A switch that is turned off counts at once."
        }
        div.wide tabindex="0" role="group" aria-label="Switches" { table.steady {
            thead { tr {
                th { "Switch" } th { "Value" } th { "Since" } th { "Decided by" }
                @if view.form_token.is_some() { th { "Change" } }
            } }
            tbody { @for switch in Switch::ALL {
                @let is_on = settings.consent.is_on(switch);
                tr {
                    th scope="row" {
                        code { (switch) }
                        div.note { (meaning(switch)) }
                    }
                    td { span class={ "badge " (if is_on { "working" } else { "absent" }) } { (switch.value(is_on)) } }
                    td { (since(logged, switch)) }
                    td dir="auto" { (settings.decided_by(switch)) }
                    @if view.form_token.is_some() { td { (change(view, switch, is_on)) } }
                }
            } }
        } }
        (how(view))
        @if let Some(logged) = logged { (history(logged)) }
    }
}

fn meaning(switch: Switch) -> &'static str {
    match switch {
        Switch::Gather => "record events, take captures, assemble reports",
        Switch::Send => "send reports",
        Switch::Usage => "how the product is used",
        Switch::Operational => "how the instance is operated",
        Switch::Identifying => "data that could identify a person or a company",
        Switch::NewMetrics => "whether metrics that a release adds wait for agreement",
    }
}

fn since(logged: Option<&Logged>, switch: Switch) -> Markup {
    let now = logged.and_then(|it| it.agreement.now(switch));
    html! { @if let Some(period) = now { (start(period)) } @else { "–" } }
}

fn start(period: &Period) -> Markup {
    html! {
        @match period.since {
            Some(since) => (at(since)),
            None => "the beginning",
        }
    }
}

/// Returns the button that changes a switch, or where it is changed instead.
fn change(view: &View, switch: Switch, is_on: bool) -> Markup {
    let value = switch.value(!is_on);
    html! {
        @match view.state.settings.decided_by(switch) {
            Origin::Variable(name) => { "in the environment: " code { (name) } },
            Origin::Program => "in the settings of the product",
            _ => form method="post" action="switch" {
                (token(view))
                input type="hidden" name="switch" value=(switch);
                input type="hidden" name="value" value=(value);
                button type="submit" { "Set" span.hidden { " " (switch) } " to " (value) }
            }
        }
    }
}

/// Returns the hidden field that proves that a form is from this page.
pub(super) fn token(view: &View) -> Markup {
    html! {
        @if let Some(token) = &view.form_token {
            input type="hidden" name="token" value=(token);
        }
    }
}

fn how(view: &View) -> Markup {
    let host = &view.host;
    html! {
        p {
            @match (&view.form_token, host.reads_settings) {
                (None, _) => {
                    "The switches are in the file " code { "pings-config.yaml" }
                    " and in the environment, which overrides the file."
                },
                (Some(_), true) => {
                    "A change is written to the configuration file. Programs that run now keep their settings until "
                    "they are started again; " code { "pings run" } " reads the file again at the signal SIGHUP."
                },
                (Some(_), false) => {
                    "A change is written to the configuration file, and counts once the product is started again."
                },
            }
        }
    }
}

fn history(logged: &Logged) -> Markup {
    html! {
        h2 { "History" }
        div.wide tabindex="0" role="group" aria-label="History of the switches" { table.steady {
            thead { tr { th { "Switch" } th { "Value" } th { "From" } th { "Decided by" } th { "Registry" } } }
            tbody {
                @for switch in Switch::ALL {
                    @for period in logged.agreement.history(switch).iter().rev() {
                        tr {
                            th scope="row" { code { (switch) } }
                            td { (switch.value(period.is_on)) }
                            td { @match period.since { Some(since) => span title=(rfc3339(since)) { (at(since)) }, None => "the beginning" } }
                            td dir="auto" { (plain(&period.decided_by)) }
                            td { code { (plain(&period.fingerprint)) } }
                        }
                    }
                }
            }
        } }
    }
}
