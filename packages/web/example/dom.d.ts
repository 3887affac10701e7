// Generated from pings.yaml by `cargo xtask generate`.

/**
 * Records the event that `data-ping` names when the element is clicked, or when the DOM event that `data-ping-on` names
 * (`click`, `change`, `submit`, `mouseenter`) happens. Arguments come from `data-ping-<argument>`. Call it once.
 */
export declare function listen(): void
