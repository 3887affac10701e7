//! Makes all mistakes in all registries, and runs the guards.

use std::thread;

use crate::guards::{Guard, Guards};
use crate::mutate;
use crate::mutation::Mutation;
use crate::part::Parts;
use crate::subject::Subject;

/// A mistake, and the guards that detect it.
pub struct Tried {
    pub subject: &'static str,
    pub mutation: Mutation,
    /// The text before and after the mutation.
    pub told: (String, String),
    pub seen_by: Vec<Guard>,
}

/// Makes every mistake in every registry, and runs the guards on each.
pub fn all() -> Vec<Tried> {
    let subjects = Subject::all();
    let tried = subjects.iter().flat_map(of);
    tried.collect()
}

fn of(subject: &Subject) -> Vec<Tried> {
    let mut mutations = mutate::all(&Parts::of(&subject.text));
    let half = mutations.split_off(mutations.len() / 2);
    thread::scope(|scope| {
        let halves = [mutations, half].map(|half| scope.spawn(move || tried(subject, half)));
        let tried = halves.map(|half| half.join().expect("mutations are tried"));
        tried.into_iter().flatten().collect()
    })
}

fn tried(subject: &Subject, mutations: Vec<Mutation>) -> Vec<Tried> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut guards = Guards::of(subject).await;
        let mut all = Vec::with_capacity(mutations.len());
        for mutation in mutations {
            all.push(Tried {
                subject: subject.name,
                told: mutation.told(&subject.text),
                seen_by: guards.seeing(&mutation.apply(&subject.text)).await,
                mutation,
            });
        }
        all
    })
}
