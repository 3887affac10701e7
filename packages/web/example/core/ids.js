import { attempt } from './guard.js';
/** Returns a UUIDv7 of a time in milliseconds. Time 0 gives 72 random bits that reveal no time. */
export function uuid(time) {
    const random = new Uint8Array(9);
    attempt(() => crypto.getRandomValues(random));
    let digits = time.toString(16).padStart(12, '0');
    // Without `crypto`, all bytes are still 0.
    for (const byte of random)
        digits += ((byte || Math.random() * 256) | 256).toString(16).slice(1);
    return digits.replace(/(.{8})(.{4})(...)(...)/, '$1-$2-7$3-8$4-');
}
