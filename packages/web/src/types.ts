/** What the page may do with events: record and send them, drop them, or drop them until the user answers. */
export type Consent = 'granted' | 'denied' | 'ask'

/** How long one anonymous id is kept: until the week (UTC) ends, as long as the browser keeps it, or never made. */
export type Anonymous = 'week' | 'browser' | 'none'

/** The options of `start`. */
export interface Options {
  /**
   * The address of the ingest endpoint, for example `/-/pings`. Not necessary if the page has the element
   * `<script type="application/json" id="pings">`. The values of the element win over the options, except that the stricter
   * consent counts.
   */
  readonly url?: string
  /** The version of the bundle that fires the events, for example `5.2.1`. */
  readonly version: string
  /** Default: `granted`. Global Privacy Control and Do Not Track always mean `denied`. */
  readonly consent?: Consent
  /** Default: `week`. */
  readonly anonymous?: Anonymous
  /** Milliseconds from the start of a week to the first instant of 1970, if weeks do not begin on Monday. */
  readonly week?: number
  /** Where events wait until they are delivered. Default: `local` (localStorage). */
  readonly storage?: 'local' | 'memory'
  /** Called when events are lost, with the reason. Meant for development. */
  readonly onProblem?: (problem: Problem) => void
}

/** Why events were lost. */
export type Loss =
  /** The queue had more than 1,000 events; the oldest ones were dropped. */
  | 'ceiling'
  /** The server refused the event, for example because its name is unknown. */
  | 'refused'
  /** The server rejects every request that contains the event (status 400 or 413). */
  | 'rejected'
  /** The arguments have no JSON form, for example because they are circular. */
  | 'invalid'
  /** `start` found no url: none is given, and the page has no `<script id="pings">`. Nothing is recorded. */
  | 'no-url'

/** A loss, for the developer. */
export interface Problem {
  readonly kind: Loss
  /** The event as JSON text; the name alone if the event is `invalid`; empty without an event. */
  readonly event: string
  /** The server's short form of the reason, for example `unknown-event`. */
  readonly reason?: string
  /** The reason in the server's words. */
  readonly message?: string
}

/** The lost events since the page was loaded; an absent count is 0. */
export type Counters = Readonly<Partial<Record<Loss, number>>>

/** Controls a started client. */
export interface Handle {
  /** Changes consent. `denied` clears the queue and the storage in all tabs of this browser. */
  consent(to: 'granted' | 'denied'): void
  /** Sends what waits. Resolves when the queue is empty or an attempt failed; never rejects. */
  flush(): Promise<void>
  /** The current counts of lost events. */
  readonly counters: Counters
}
