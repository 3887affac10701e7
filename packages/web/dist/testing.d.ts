/** An event that a test recorded. */
export interface RecordedEvent {
    readonly name: string;
    readonly args?: object;
}
/** Returns the events since the start or the last `clear`, oldest first. */
export declare function recorded(): readonly RecordedEvent[];
/** Forgets the recorded events. */
export declare function clear(): void;
