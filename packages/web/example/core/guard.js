/** Returns the result of `action`, or `undefined` if it throws: telemetry never breaks the page. */
export function attempt(action) {
    try {
        return action();
    }
    catch { }
    return;
}
