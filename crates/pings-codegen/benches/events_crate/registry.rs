//! The registry of the benchmark.

use pings_model::{Argument, ArgumentType, Event, Links, Period, Registry, RegistryParts, Terms};

/// Returns a registry with realistic proportions. Of ten events, four have no arguments, four have
/// an argument with a few values (fifty types in total), one has a text argument, and one has two
/// or three arguments of other types.
pub(crate) fn registry(count: usize) -> Registry {
    let mut random = Random(1);
    let mut events = Vec::new();
    for number in 0..count {
        let words = [random.word(), random.word(), &number.to_string()].concat();
        let args = match number % 10 {
            0..4 => Vec::new(),
            4..8 => {
                let kind = random.below(50);
                let values = ["search", "codeStats", &format!("value{kind}")];
                vec![argument(&format!("kind{kind}"), one_of(&values))]
            }
            8 => vec![argument("title", ArgumentType::String)],
            _ => (0..2 + random.below(2))
                .map(|place| any(place, &mut random))
                .collect(),
        };
        events.push(Event {
            name: words,
            description: Some(format!("A user did thing number {number}.")),
            renamed_from: Vec::new(),
            search: None,
            args,
        });
    }
    Registry::from_checked(RegistryParts {
        name: "bench".to_owned(),
        title: "Bench".to_owned(),
        summary: None,
        released: None,
        week: Period::Week,
        databases: Vec::new(),
        functions: Vec::new(),
        glossary: Vec::new(),
        sections: Vec::new(),
        links: Links::default(),
        terms: Terms::default(),
        events,
        tables: Vec::new(),
        pings: Vec::new(),
    })
}

fn any(place: usize, random: &mut Random) -> Argument {
    let name = format!("{}{place}", random.word());
    let ty = match random.below(4) {
        0 => ArgumentType::String,
        1 => ArgumentType::Integer,
        2 => ArgumentType::Number,
        _ => ArgumentType::Boolean,
    };
    Argument {
        optional: random.below(2) == 0,
        ..argument(&name, ty)
    }
}

fn argument(name: &str, ty: ArgumentType) -> Argument {
    Argument {
        name: name.to_owned(),
        renamed_from: Vec::new(),
        description: None,
        ty,
        optional: false,
        values_file: None,
    }
}

fn one_of(values: &[&str]) -> ArgumentType {
    ArgumentType::Enum(values.iter().map(ToString::to_string).collect())
}

/// A random number generator with the same sequence in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % limit
    }

    fn word(&mut self) -> &'static str {
        const WORDS: [&str; 16] = [
            "Insight",
            "Search",
            "Dashboard",
            "Click",
            "Page",
            "View",
            "Template",
            "Series",
            "Code",
            "Settings",
            "Filter",
            "Started",
            "Creation",
            "Tab",
            "Repository",
            "Submit",
        ];
        WORDS[self.below(WORDS.len())]
    }
}
