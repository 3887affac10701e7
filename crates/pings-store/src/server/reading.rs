//! The endpoints with which a vendor reads the store. They return what the commands print as JSON.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use pings_database::{Error, Result as Stored};
use pings_model::{Period, Registry, Source};
use pings_payload::Week;
use serde::Deserialize;
use serde_json::Value as Json;
use time::OffsetDateTime;

use super::answer::{Refusal, json_response};
use super::etag::tagged;
use super::headers::single;
use super::read_access::ReadAccess;
use super::visitor::Visitor;
use crate::analysis::cohort::InstancesBy;
use crate::analysis::fleet::FleetOptions;
use crate::analysis::series::{Per, SeriesOptions};
use crate::analysis::usage::{UsageOptions, UsagePeriod};
use crate::store::Store;

/// The default number of weeks.
const WEEKS: u32 = 26;

/// The maximum number of weeks.
const MOST_WEEKS: u32 = 520;

/// The parameters of all endpoints. Each endpoint refuses those that it does not have.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    registry: Option<String>,
    by: Option<String>,
    measure: Option<String>,
    window: Option<String>,
    weeks: Option<u32>,
    until: Option<String>,
    all: Option<bool>,
    mean: Option<bool>,
    conversion: Option<bool>,
    estimate: Option<bool>,
    from: Option<String>,
    to: Option<String>,
}

type Asked = Result<Query<Parameters>, QueryRejection>;

pub(super) fn router() -> Router<Arc<Visitor>> {
    Router::new()
        .route("/v1/series/{code}", get(series))
        .route("/v1/growth/{code}", get(growth))
        .route("/v1/usage/{code}", get(usage))
        .route("/v1/fleet", get(fleet))
        .route("/v1/retention", get(retention))
}

async fn series(
    State(visitor): State<Arc<Visitor>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    asked: Asked,
) -> Response<Body> {
    let store = Arc::clone(&visitor.shared.store);
    answer(
        &visitor,
        &headers,
        asked,
        move |registries, asked| async move {
            refuse([
                ("measure", asked.measure.is_some()),
                ("from", asked.from.is_some()),
                ("to", asked.to.is_some()),
            ])?;
            let registry = registry_of(&registries, &asked, Some(&code))?;
            let is = |flag: Option<bool>| flag.unwrap_or_default();
            let per = match (is(asked.mean), is(asked.conversion)) {
                (true, true) => return Err(Error::input("use either `mean` or `conversion`")),
                (true, false) => Per::Instance,
                (false, true) => Per::FirstStep,
                (false, false) => Per::Fleet,
            };
            let is_funnel = registry
                .metric(&code)
                .is_some_and(|(_, metric)| matches!(metric.source, Source::Funnel(_)));
            if per == Per::FirstStep && !is_funnel {
                return Err(Error::input(format!("{code} is not a funnel")));
            }
            let has_estimates = is(asked.estimate);
            if has_estimates && (per != Per::Fleet || is(asked.all) || asked.by.is_some()) {
                return Err(Error::input(
                    "use `estimate` without `all`, `by`, `mean` and `conversion`",
                ));
            }
            let options = SeriesOptions {
                weeks: weeks(&asked)?,
                until: until(&asked)?,
                by: asked.by,
                window: window(asked.window.as_deref())?,
                all: is(asked.all),
                now: Some(OffsetDateTime::now_utc()),
            };
            let series = store.series(&registry, &code, &options).await?;
            let (estimates, warning) = match has_estimates {
                true => (store.estimates(&registry, &code, &options).await?, None),
                false => {
                    let warning = store.coverage_warning(&registry, &series, &options);
                    (Vec::new(), warning.await?)
                }
            };
            let series = match per {
                Per::Fleet => series,
                Per::Instance => series.per_instance(),
                Per::FirstStep => series.conversion(),
            };
            let mut json = series.json_with(per, &estimates, warning.as_deref());
            let weeks = series.weeks.iter().map(|it| it.week);
            left_out(&store, &registry, weeks, &mut json).await?;
            Ok(json)
        },
    )
    .await
}

async fn growth(
    State(visitor): State<Arc<Visitor>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    asked: Asked,
) -> Response<Body> {
    let store = Arc::clone(&visitor.shared.store);
    answer(
        &visitor,
        &headers,
        asked,
        move |registries, asked| async move {
            refuse([
                ("by", asked.by.is_some()),
                ("measure", asked.measure.is_some()),
                ("window", asked.window.is_some()),
                ("weeks", asked.weeks.is_some()),
                ("until", asked.until.is_some()),
                ("all", asked.all.is_some()),
                ("mean", asked.mean.is_some()),
                ("conversion", asked.conversion.is_some()),
                ("estimate", asked.estimate.is_some()),
            ])?;
            let registry = registry_of(&registries, &asked, Some(&code))?;
            let weeks = (week("from", asked.from)?, week("to", asked.to)?);
            let now = Some(OffsetDateTime::now_utc());
            let growth = store.growth(&registry, &code, weeks, now).await?;
            let growth = growth.ok_or_else(|| Error::missing("the store has no payloads"))?;
            let mut json = growth.json();
            let weeks = [growth.from, growth.to].into_iter();
            left_out(&store, &registry, weeks, &mut json).await?;
            Ok(json)
        },
    )
    .await
}

async fn usage(
    State(visitor): State<Arc<Visitor>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    asked: Asked,
) -> Response<Body> {
    let store = Arc::clone(&visitor.shared.store);
    answer(
        &visitor,
        &headers,
        asked,
        move |registries, asked| async move {
            refuse([
                ("all", asked.all.is_some()),
                ("mean", asked.mean.is_some()),
                ("conversion", asked.conversion.is_some()),
                ("estimate", asked.estimate.is_some()),
                ("from", asked.from.is_some()),
                ("to", asked.to.is_some()),
            ])?;
            let registry = registry_of(&registries, &asked, Some(&code))?;
            let options = UsageOptions {
                weeks: weeks(&asked)?,
                until: until(&asked)?,
                measure: asked.measure,
                by: asked.by.as_deref().map(InstancesBy::of),
                window: match asked.window.as_deref() {
                    Some("quarter") => Some(UsagePeriod::Quarter),
                    other => window(other)?.map(UsagePeriod::Window),
                },
                now: Some(OffsetDateTime::now_utc()),
            };
            let usage = store.usage(&registry, &code, &options).await?;
            let mut json = usage.json();
            let weeks = usage.weeks.iter().map(|it| it.week);
            left_out(&store, &registry, weeks, &mut json).await?;
            Ok(json)
        },
    )
    .await
}

async fn fleet(
    State(visitor): State<Arc<Visitor>>,
    headers: HeaderMap,
    asked: Asked,
) -> Response<Body> {
    let store = Arc::clone(&visitor.shared.store);
    answer(
        &visitor,
        &headers,
        asked,
        move |registries, asked| async move {
            let (registry, options) = of_fleet(&registries, &asked)?;
            let fleet = store.fleet(&registry, &options).await?;
            let mut json = fleet.json();
            let weeks = fleet.weeks.iter().map(|it| it.week);
            left_out(&store, &registry, weeks, &mut json).await?;
            Ok(json)
        },
    )
    .await
}

async fn retention(
    State(visitor): State<Arc<Visitor>>,
    headers: HeaderMap,
    asked: Asked,
) -> Response<Body> {
    let store = Arc::clone(&visitor.shared.store);
    answer(
        &visitor,
        &headers,
        asked,
        move |registries, asked| async move {
            let (registry, options) = of_fleet(&registries, &asked)?;
            let mut json = store.retention(&registry, &options).await?.json();
            left_out(&store, &registry, std::iter::empty(), &mut json).await?;
            Ok(json)
        },
    )
    .await
}

fn of_fleet(
    registries: &[Arc<Registry>],
    asked: &Parameters,
) -> Stored<(Arc<Registry>, FleetOptions)> {
    refuse([
        ("measure", asked.measure.is_some()),
        ("window", asked.window.is_some()),
        ("all", asked.all.is_some()),
        ("mean", asked.mean.is_some()),
        ("conversion", asked.conversion.is_some()),
        ("estimate", asked.estimate.is_some()),
        ("from", asked.from.is_some()),
        ("to", asked.to.is_some()),
    ])?;
    let options = FleetOptions {
        weeks: weeks(asked)?,
        until: until(asked)?,
        by: asked.by.as_deref().map(InstancesBy::of),
        now: Some(OffsetDateTime::now_utc()),
    };
    Ok((registry_of(registries, asked, None)?, options))
}

/// Adds how many instances reported the weeks of an answer and do not count. Without weeks, all weeks
/// are meant.
async fn left_out(
    store: &Store,
    registry: &Registry,
    weeks: impl Iterator<Item = Week> + Clone,
    json: &mut Json,
) -> Stored<()> {
    let weeks = weeks.clone().min().zip(weeks.max());
    let left_out = store.left_out(Some(registry), weeks).await?;
    left_out.add_to(json);
    Ok(())
}

/// Answers a request, if its token is right: with the answer and its digest, or with 304 if the client
/// has it.
async fn answer<F: Future<Output = Stored<Json>>>(
    visitor: &Arc<Visitor>,
    headers: &HeaderMap,
    asked: Asked,
    read: impl FnOnce(Vec<Arc<Registry>>, Parameters) -> F + Send + 'static,
) -> Response<Body> {
    let access = match allowed(visitor, headers) {
        Ok(access) => access,
        Err(refusal) => return refusal.into_response(),
    };
    let asked = match asked {
        Ok(Query(asked)) => asked,
        Err(rejection) => {
            let refusal = Refusal::new(StatusCode::BAD_REQUEST, rejection.body_text());
            return refusal.into_response();
        }
    };
    let store = Arc::clone(&visitor.shared.store);
    let registries = access.registries();
    let read = move || async move {
        let mut json = read(registries, asked).await?;
        store.notes_by_week().await?.add_to(&mut json);
        Ok::<Json, Error>(json)
    };
    match access.answer(read).await {
        Some(Ok(json)) => with_digest(headers, &json),
        Some(Err(error)) if error.is_missing() => {
            Refusal::new(StatusCode::NOT_FOUND, error).into_response()
        }
        Some(Err(error)) if error.is_input() => {
            Refusal::new(StatusCode::BAD_REQUEST, error).into_response()
        }
        Some(Err(_)) => Refusal::busy("the database does not answer").into_response(),
        None => Refusal::busy("the answer takes too long; ask for fewer weeks").into_response(),
    }
}

/// Returns the access to answers, if the request has the token for reading.
fn allowed<'v>(visitor: &'v Visitor, headers: &HeaderMap) -> Result<&'v ReadAccess, Refusal> {
    let Some(access) = &visitor.shared.read_access else {
        let reason = "the server was started without --read-token";
        return Err(Refusal::new(StatusCode::NOT_FOUND, reason));
    };
    let token = single(headers, "Authorization")?.map(HeaderValue::as_bytes);
    if access.allows(token) {
        return Ok(access);
    }
    let reason = "the token is missing or wrong: Authorization: Bearer TOKEN";
    Err(Refusal::new(StatusCode::UNAUTHORIZED, reason))
}

/// Returns an answer with its digest, or 304 if the client has the same answer.
fn with_digest(headers: &HeaderMap, json: &Json) -> Response<Body> {
    let response = json_response(StatusCode::OK, json);
    let mut response = tagged(headers, response, json.to_string().as_bytes());
    let cache = HeaderValue::from_static("private, no-cache");
    response.headers_mut().insert(CACHE_CONTROL, cache);
    response
}

/// Returns the registry that a request names, or else the first one that has the code.
fn registry_of(
    registries: &[Arc<Registry>],
    asked: &Parameters,
    code: Option<&str>,
) -> Stored<Arc<Registry>> {
    let has_code = |it: &&Arc<Registry>| code.is_none_or(|code| it.metric(code).is_some());
    let is_asked = |it: &&Arc<Registry>| {
        asked
            .registry
            .as_deref()
            .is_none_or(|name| it.name() == name)
    };
    let found = registries.iter().find(|it| is_asked(it) && has_code(it));
    found.cloned().ok_or_else(|| match code {
        Some(code) => Error::missing(format!("no registry of the server has a metric `{code}`")),
        None => Error::missing("the server has no such registry"),
    })
}

/// Refuses parameters that an endpoint does not have.
fn refuse<const N: usize>(given: [(&str, bool); N]) -> Stored<()> {
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) => Err(Error::input(format!(
            "the endpoint has no parameter `{name}`"
        ))),
        None => Ok(()),
    }
}

fn weeks(asked: &Parameters) -> Stored<u32> {
    match asked.weeks.unwrap_or(WEEKS) {
        weeks @ 1..=MOST_WEEKS => Ok(weeks),
        _ => Err(Error::input(format!(
            "`weeks` is not a number from 1 to {MOST_WEEKS}"
        ))),
    }
}

fn until(asked: &Parameters) -> Stored<Option<Week>> {
    week("until", asked.until.clone())
}

/// Returns the week of a parameter.
fn week(name: &str, text: Option<String>) -> Stored<Option<Week>> {
    let week = text.as_deref().map(str::parse::<Week>).transpose();
    week.map_err(|error| Error::input(format!("`{name}`: {error}")))
}

fn window(text: Option<&str>) -> Stored<Option<Period>> {
    let window = text.map(str::parse::<Period>).transpose();
    window.map_err(|error| Error::input(format!("`window`: {error}")))
}
