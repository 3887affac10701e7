//! Writes and reads every event, and tests which inputs are refused.

use std::collections::{BTreeSet, HashSet};

use typed_events::{
    ArgumentError, Event, EventName, EventValue, Language, PINGS, ParseError, REGISTRY_NAME,
    StringValue, TabClickKind, TabHoverKind, Tags, Trust, Type, Version, ViewKind, trust,
};

fn events() -> Vec<(Event, &'static str, &'static str)> {
    vec![
        (Event::PageViewOpened, "page.view/opened", "{}"),
        (
            Event::Saved {
                count: -3,
                is_dirty: true,
                note: None,
            },
            "saved",
            r#"{"count":-3,"isDirty":true}"#,
        ),
        (
            Event::Saved {
                count: 9_007_199_254_740_991,
                is_dirty: false,
                note: Some("a \"note\"\n\\ é".to_owned()),
            },
            "saved",
            r#"{"count":9007199254740991,"isDirty":false,"note":"a \"note\"\n\\ é"}"#,
        ),
        (
            Event::Match { type_: Type::AB },
            "match",
            r#"{"type":"a\"b"}"#,
        ),
        (
            Event::Self_ { type_: Type::CD },
            "Self",
            r#"{"type":"c\\d"}"#,
        ),
        (
            Event::Self_ {
                type_: Type::ALL[2],
            },
            "Self",
            r#"{"type":"größe „L“"}"#,
        ),
        (
            Event::_2fa { arguments: 0.5 },
            "2fa",
            r#"{"arguments":0.5}"#,
        ),
        (
            Event::Taken {
                event: EventValue::Self_,
                string: Some(StringValue::None),
                self_: String::new(),
            },
            "Taken",
            r#"{"event":"Self","string":"None","self":""}"#,
        ),
        (
            Event::TabClick {
                kind: TabClickKind::Second,
            },
            "TabClick",
            r#"{"kind":"second"}"#,
        ),
        (
            Event::TabHover {
                kind: TabHoverKind::First,
            },
            "TabHover",
            r#"{"kind":"first"}"#,
        ),
        (Event::Quiet, "Quiet", "{}"),
        (
            Event::Written {
                language: "C++".parse().unwrap(),
            },
            "Written",
            r#"{"language":"C++"}"#,
        ),
        (
            Event::Written {
                language: Language::ALL[3],
            },
            "Written",
            r#"{"language":"größe"}"#,
        ),
        (
            Event::Tagged {
                tags: vec![Tags::Second, Tags::First, Tags::Second],
                kind: None,
            },
            "Tagged",
            r#"{"tags":["second","first","second"]}"#,
        ),
        (
            Event::Tagged {
                tags: Vec::new(),
                kind: Some(vec![TabClickKind::First]),
            },
            "Tagged",
            r#"{"tags":[],"kind":["first"]}"#,
        ),
        (
            Event::Zoomed {
                view_kind: ViewKind::Street,
                view_size: Some(3),
                view_at_zone: "z".to_owned(),
                kind: true,
            },
            "Zoomed",
            r#"{"view":{"kind":"street","size":3,"at":{"zone":"z"}},"kind":true}"#,
        ),
    ]
}

#[test]
fn every_event_comes_back() {
    for (event, name, argument) in events() {
        assert_eq!(event.name().as_str(), name);
        assert_eq!(event.argument(), argument);
        assert_eq!(Event::from_wire(name, argument).as_ref(), Ok(&event));
        assert_eq!(event.clone(), event);
    }
}

#[test]
fn events_differ_by_name_and_by_argument() {
    let events = events();
    for (place, (a, _, _)) in events.iter().enumerate() {
        for (other, (b, _, _)) in events.iter().enumerate() {
            assert_eq!(a == b, place == other, "{a:?} {b:?}");
        }
    }
    let nan = Event::_2fa {
        arguments: f64::NAN,
    };
    assert_ne!(nan, nan.clone());
    assert_eq!(nan.argument(), "{}");
}

#[test]
fn a_copy_holds_even_what_cannot_be_read_back() {
    let event = Event::Saved {
        count: i64::MIN,
        is_dirty: true,
        note: None,
    };
    assert_eq!(event.clone(), event);
    let error = Event::from_wire("saved", &event.argument()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "event `saved`: `count` is not an integer between -(2^53 - 1) and 2^53 - 1"
    );
}

#[test]
fn debug_shows_what_is_logged() {
    let (event, _, _) = &events()[2];
    assert_eq!(
        format!("{event:?}"),
        r#"saved { count: 9007199254740991, isDirty: false, note: "a \"note\"\n\\ é" }"#
    );
    assert_eq!(format!("{:?}", Event::Quiet), "Quiet");
}

#[test]
fn names_are_found_old_ones_too() {
    let names: Vec<&str> = EventName::all().map(EventName::as_str).collect();
    assert_eq!(names.len(), 13);
    for name in EventName::all() {
        assert_eq!(EventName::parse(name.as_str()), Some(name));
    }
    for old in ["stored", "größer"] {
        assert_eq!(old.parse::<EventName>().unwrap().to_string(), "saved");
        assert!(Event::from_wire(old, r#"{"count":1,"isDirty":false}"#).is_ok());
    }
    for other in ["", "Saved", "saved ", "page.view", "größe"] {
        assert_eq!(EventName::parse(other), None, "{other}");
    }
}

#[test]
fn what_is_wrong_is_told() {
    let error = |name, argument| Event::from_wire(name, argument).unwrap_err();
    assert_eq!(
        error("Nope", "{"),
        ParseError::UnknownName("Nope".to_owned())
    );
    for (name, argument, message) in [
        ("Nope", "{}", "there is no event \"Nope\""),
        ("saved", "", "event `saved`: `count` is missing"),
        (
            "stored",
            r#"{"count":1}"#,
            "event `saved`: `isDirty` is missing",
        ),
        (
            "match",
            r#"{"type":"größe"}"#,
            "event `match`: `type` has the undeclared value \"größe\"",
        ),
        (
            "match",
            r#"{"type":1}"#,
            "event `match`: `type` is not a text",
        ),
        (
            "Tagged",
            r#"{"tags":["first","third"]}"#,
            "event `Tagged`: `tags` has the undeclared value \"third\"",
        ),
        (
            "Tagged",
            r#"{"tags":["first",null]}"#,
            "event `Tagged`: `tags` is not a list of texts",
        ),
        ("Tagged", "{}", "event `Tagged`: `tags` is missing"),
        (
            "Zoomed",
            r#"{"view":{"kind":"map"},"at":{"zone":"z"},"kind":true}"#,
            "event `Zoomed`: `view.at.zone` is missing",
        ),
        (
            "match",
            "[]",
            "event `match`: the argument is JSON, but not an object",
        ),
        (
            "Quiet",
            "{",
            "event `Quiet`: the argument is not JSON: EOF while parsing an object at line 1 column 1",
        ),
    ] {
        assert_eq!(error(name, argument).to_string(), message);
    }
    assert!(matches!(
        error("match", r#"{"type":"x"}"#),
        ParseError::Arguments {
            error: ArgumentError::Undeclared {
                argument: "type",
                ..
            },
            ..
        }
    ));
}

#[test]
fn optional_arguments_may_be_absent() {
    let argument = r#"{"a":"1","b":"2","c":"3","d":"4","number":2,"more":[1],"kind":"first"}"#;
    let event = Event::from_wire("Everything", argument).unwrap();
    assert!(matches!(
        &event,
        Event::Everything {
            text: None,
            integer: None,
            number: Some(2.0),
            boolean: None,
            kind: Some(TabClickKind::First),
            ..
        }
    ));
    assert_eq!(event, event.clone());
    assert_eq!(
        event.argument(),
        r#"{"number":2.0,"kind":"first","a":"1","b":"2","c":"3","d":"4"}"#
    );
}

#[test]
fn pings_are_known() {
    assert_eq!(REGISTRY_NAME, "typed");
    let [ping] = PINGS.all() else {
        panic!("one ping");
    };
    assert_eq!(PINGS.find("saves"), Some(ping));
    assert_eq!(PINGS.find("Saves"), None);
    assert_eq!(PINGS.with_code("saved"), Some(ping));
    assert_eq!(PINGS.with_code("stored"), None);
    assert!(ping.code("saved").is_some() && ping.code("stored").is_none());
    assert_eq!(trust("stored", Version::new([4, 0, 0, 0])), None);
    let broken = trust("saved", Version::of_build("v3.27.1-rc.1").unwrap());
    let Some(Trust::Broken(broken)) = broken else {
        panic!("{broken:?}");
    };
    assert_eq!(broken.reason.as_deref(), Some("counts\ntwice"));
}

#[test]
fn declared_values_are_written_and_read_as_text() {
    assert_eq!("größe „L“".parse(), Ok(Type::ALL[2]));
    for value in Type::ALL {
        assert_eq!(value.to_string(), value.as_str());
        assert_eq!(value.as_str().parse(), Ok(*value));
    }
    let error = "größe".parse::<Type>().unwrap_err();
    assert_eq!(error.value(), "größe");
    assert_eq!(
        error.to_string(),
        r#""größe" is not one of the values "a\"b", "c\\d", "größe „L“""#
    );
    assert_eq!(format!("[{:>7}]", TabClickKind::First), "[  first]");
    let sorted: BTreeSet<TabClickKind> = TabClickKind::ALL.iter().rev().copied().collect();
    assert!(sorted.iter().eq(TabClickKind::ALL));
}

#[test]
fn names_are_values() {
    let names: HashSet<EventName> = EventName::all().collect();
    assert_eq!(names.len(), 13);
    assert!(EventName::all().is_sorted());
    let name: EventName = "saved".parse().unwrap();
    assert_eq!(
        name,
        Event::from_wire("saved", r#"{"count":1,"isDirty":true}"#)
            .unwrap()
            .name()
    );
    assert_eq!(format!("[{name:>7}]"), "[  saved]");
}
