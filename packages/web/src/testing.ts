import { observe } from './core.js'

/** An event that a test recorded. */
export interface RecordedEvent {
  readonly name: string
  readonly args?: object
}

let events: RecordedEvent[] = []

// With this module loaded, no event is stored or sent.
observe((name, args) => events.push(args ? { name, args } : { name }))

/** Returns the events since the start or the last `clear`, oldest first. */
export function recorded(): readonly RecordedEvent[] {
  return [...events]
}

/** Forgets the recorded events. */
export function clear(): void {
  events = []
}
