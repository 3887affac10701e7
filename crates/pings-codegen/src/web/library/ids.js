import { attempt } from './guard.js';
/** Random texts of six hexadecimal digits, three for each id: one call of `crypto` costs more than the rest of an event. */
let pool = [];
/** Returns a UUIDv7 of a time in milliseconds. Time 0 gives 72 random bits that reveal no time. */
export function uuid(time) {
    if (!pool[0]) {
        const words = new Uint32Array(300);
        attempt(() => crypto.getRandomValues(words));
        // Without `crypto`, all words are still 0.
        pool = Array.from(words, word => (((word || Math.random() * 4e9) >>> 8) | (1 << 24)).toString(16).slice(1));
    }
    const clock = time.toString(16).padStart(12, '0');
    const random = pool.pop();
    return `${clock.slice(0, 8)}-${clock.slice(8)}-7${random.slice(3)}-8${random.slice(0, 3)}-${pool.pop()}${pool.pop()}`;
}
