import { attempt } from './guard.js';
let area;
/** Uses localStorage from now on, if the browser grants access, or nothing at all. */
export function open(memory) {
    area = memory ? undefined : attempt(() => localStorage);
}
/** Returns the sorted keys that start with `prefix`. */
export const storedKeys = (prefix) => attempt(() => Object.keys(area).filter(key => key.startsWith(prefix)).sort()) || [];
export const stored = (key) => attempt(() => area.getItem(key));
/** Returns `true` if the value is stored. */
export const store = (key, value) => attempt(() => (area.setItem(key, value), true));
export const unstore = (key) => attempt(() => area.removeItem(key));
