import type { Handle, Options } from './types.js';
export type { Anonymous, Consent, Counters, Handle, Loss, Options, Problem } from './types.js';
/** Starts the client. Later calls return the same handle. Does nothing where there is no document, as in a server. */
export declare function start(given: Options): Handle;
/** Records an event: what the generated functions call. Before `start`, events are dropped. */
export declare function fire(name: string, args?: object): void;
/** Passes every event to `listener` instead of the queue. */
export declare function observe(listener: (name: string, args: object | undefined) => void): void;
