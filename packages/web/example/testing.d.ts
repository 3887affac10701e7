// Generated from pings.yaml by `cargo xtask generate`.

import type { EventName, Events } from './index.js'

/** An event that a test recorded. */
export type RecordedEvent = { [N in EventName]: { readonly name: N; readonly args?: Events[N][0] } }[EventName]

/** Returns the events since the start or the last `clear`, oldest first. */
export declare function recorded(): readonly RecordedEvent[]

/** Forgets the recorded events. */
export declare function clear(): void
