/** Uses localStorage from now on, if the browser grants access, or nothing at all. */
export declare function open(memory: boolean): void;
/** Returns the sorted keys that start with `prefix`. */
export declare const storedKeys: (prefix: string) => string[];
export declare const stored: (key: string) => string | null | undefined;
/** Returns `true` if the value is stored. */
export declare const store: (key: string, value: string) => true | undefined;
export declare const unstore: (key: string) => void;
