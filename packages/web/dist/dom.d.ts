/** The arguments of each event that are numbers or booleans. */
export type TypedArguments = {
    readonly [event: string]: {
        readonly [argument: string]: 1;
    };
};
/**
 * Records the event that `data-ping` names when the element is clicked, or when the DOM event that `data-ping-on` names
 * (`click`, `change`, `submit`, `mouseenter`) happens. Arguments come from `data-ping-<argument>`. Call it once.
 */
export declare function listen(typed: TypedArguments): void;
