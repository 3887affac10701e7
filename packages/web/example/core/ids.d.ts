/** Returns a UUIDv7 of a time in milliseconds. Time 0 gives 72 random bits that reveal no time. */
export declare function uuid(time: number): string;
