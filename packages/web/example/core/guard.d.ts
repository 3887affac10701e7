/** Returns the result of `action`, or `undefined` if it throws: telemetry never breaks the page. */
export declare function attempt<T>(action: () => T): T | undefined;
