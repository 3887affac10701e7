/**
 * The attributes of each event whose argument has another name, or is a number or a boolean (1), by their names in
 * `dataset` without `ping`, with a small first letter. The objects have no prototype, whose `constructor` would be found.
 */
export type Attributes = {
    readonly [event: string]: {
        readonly [attribute: string]: readonly [argument: string, typed?: 1];
    };
};
/**
 * Records the event that `data-ping` names when the element is clicked, or when the DOM event that `data-ping-on` names
 * (`click`, `change`, `submit`, `mouseenter`) happens. Arguments come from `data-ping-<argument>`. Call it once.
 */
export declare function listen(attributes: Attributes): void;
