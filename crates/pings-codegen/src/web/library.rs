//! `core/`: the code that is the same for every registry, compiled from `packages/web/src` by
//! `npm run build` there.

/// The files by name.
pub(super) const FILES: &[(&str, &str)] = &[
    ("core.d.ts", include_str!("library/core.d.ts")),
    ("core.js", include_str!("library/core.js")),
    ("dom.d.ts", include_str!("library/dom.d.ts")),
    ("dom.js", include_str!("library/dom.js")),
    ("guard.d.ts", include_str!("library/guard.d.ts")),
    ("guard.js", include_str!("library/guard.js")),
    ("ids.d.ts", include_str!("library/ids.d.ts")),
    ("ids.js", include_str!("library/ids.js")),
    ("react.d.ts", include_str!("library/react.d.ts")),
    ("react.js", include_str!("library/react.js")),
    ("storage.d.ts", include_str!("library/storage.d.ts")),
    ("storage.js", include_str!("library/storage.js")),
    ("testing.d.ts", include_str!("library/testing.d.ts")),
    ("testing.js", include_str!("library/testing.js")),
    ("types.d.ts", include_str!("library/types.d.ts")),
    ("types.js", include_str!("library/types.js")),
];
