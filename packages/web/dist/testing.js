import { observe } from './core.js';
let events = [];
// With this module loaded, no event is stored or sent.
observe((name, args) => events.push(args ? { name, args } : { name }));
/** Returns the events since the start or the last `clear`, oldest first. */
export function recorded() {
    return [...events];
}
/** Forgets the recorded events. */
export function clear() {
    events = [];
}
