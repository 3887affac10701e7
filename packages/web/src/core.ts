import { attempt } from './guard.js'
import { uuid } from './ids.js'
import { open, store, stored, storedKeys, unstore } from './storage.js'
import type { Consent, Counters, Handle, Loss, Options } from './types.js'

export type { Anonymous, Consent, Counters, Handle, Loss, Options, Problem } from './types.js'

const enum Limit {
  /** The most events that wait in one tab. */
  Ceiling = 1000,
  /** The UTF-16 units of all requests on their way: 60 KB at most, since keepalive requests of a page share 64 KiB. */
  InFlight = 20000,
  /** The units of a request around its events. */
  Envelope = 150,
  /** Milliseconds from the first event that waits to its request. */
  SendDelay = 2000,
  FirstRetry = 1000,
  LongestWait = 3600000,
  Timeout = 30000,
  Week = 604800000,
  /** From Monday, 1969-12-29 to Thursday, 1970-01-01. */
  Epoch = 259200000,
  TabLength = 12,
}

const enum Text {
  /** The event that reports losses. */
  Lost = '$lost',
  /** How that event is recognized in JSON text. */
  LostName = '"$lost"',
  /** Stored for a moment in place of the anonymous id, so that the other tabs learn that consent was withdrawn. */
  Withdrawn = '-',
}

type LossReport = readonly [args: Counts<Loss>, at: number, id: string]

type Counts<K extends string> = Partial<Record<K, number>>

let options: Options | undefined
/** The start of the keys in localStorage. A key is the prefix, the name of a tab and the id of an event. */
let prefix: string
/** The key of the anonymous id. */
let visitorKey: string
let tab: string | undefined
/** The events that wait, as JSON text by their key in localStorage. */
let queue: Map<string, string> | undefined
/** The anonymous id: the number of its week, a hyphen and random digits. */
let visitor: string | null | undefined
/** The report that still counts; a report that was sent once never changes. */
let report: LossReport | undefined
/** Release the Web Locks of the tabs whose events this page holds. */
let locks: (() => void)[] = []
/** The size of the requests on their way, whose events are not in the queue. */
let inFlight = 0
/** The run that sends batch after batch. */
let running: Promise<void> | undefined
let timer: ReturnType<typeof setTimeout> | undefined
/** The attempts that failed since the last success. */
let failures = 0
/** The most events in a batch; halved when the server refuses the size. */
let limit: number = Limit.Ceiling
let observer: ((name: string, args: object | undefined) => void) | undefined
const counters: Counts<keyof Counters> = {}

const handle: Handle = {
  consent: to => attempt(() => agree(to)),
  flush: async () => attempt(flush),
  counters,
}

/** Starts the client. Later calls return the same handle. Does nothing where there is no document, as in a server. */
export function start(given: Options): Handle {
  attempt(() => {
    if (options) return
    const page = document
    options = { ...given, ...attempt(() => JSON.parse(page.getElementById('pings')!.textContent!)) }
    if (!options!.url) return lose('no-url')
    prefix = `pings:${options!.url}:`
    visitorKey = prefix + 'id'
    open(options!.storage === 'memory')
    for (const type of ['visibilitychange', 'pagehide', 'pageshow', 'online', 'storage']) {
      addEventListener(type, event => attempt(() => onPage(type, event as StorageEvent)))
    }
    // The stricter one counts: `ask`, `denied`, `granted` are in the order of the alphabet.
    agree([given.consent, options!.consent].sort()[0])
  })
  return handle
}

/** Records an event: what the generated functions call. Before `start`, events are dropped. */
export function fire(name: string, args?: object): void {
  attempt(() => {
    if (observer) observer(name, args)
    else if (queue) {
      attempt(() => (put(name, args, Date.now()), true)) || lose('invalid', name)
      trim()
    }
  })
}

/** Passes every event to `listener` instead of the queue. */
export function observe(listener: (name: string, args: object | undefined) => void): void {
  observer = listener
}

function onPage(type: string, event: StorageEvent): void {
  if (type === 'storage') {
    if (event.key === visitorKey) {
      // Another tab drew an anonymous id, perhaps at the same moment. The last one that was stored counts.
      visitor = undefined
      // Another tab withdrew consent.
      if (event.newValue === Text.Withdrawn) clear()
    }
  } else if (type === 'pagehide' || isHidden()) {
    // A server that failed is not asked again until its time is over.
    failures || (running ? send() : flush())
    settle(type === 'pagehide')
  } else {
    resume()
    flush()
  }
}

const isHidden = (): boolean => document.hidden

function agree(to: Consent = 'granted'): void {
  const { globalPrivacyControl, doNotTrack } = navigator as { globalPrivacyControl?: boolean; doNotTrack?: string | null }
  if (to === 'denied' || globalPrivacyControl || doNotTrack === '1') {
    store(visitorKey, Text.Withdrawn)
    storedKeys(prefix).forEach(unstore)
    clear()
  } else if (to === 'granted' && !queue) {
    queue = new Map()
    resume()
  }
}

/** Forgets all events; the storage is already empty. */
function clear(): void {
  queue = report = visitor = tab = undefined
  settle()
}

/** Adopts the events of tabs that are gone. */
function resume(): void {
  tab ||= uuid(0).slice(-Limit.TabLength)
  new Set([tab, ...storedKeys(prefix).map(key => key.substr(prefix.length, Limit.TabLength))]).forEach(hold)
}

/** Holds the Web Lock of a tab and loads its events, if the lock is free and the page is visible. */
async function hold(name: string): Promise<void> {
  const load = (lock: unknown): Promise<void> | undefined => {
    if (!lock || !queue || isHidden()) return
    const found = new Map<string, string>()
    // The events of this tab are in memory, and may be on their way.
    for (const key of storedKeys(prefix + name)) {
      const text = stored(key)
      // The text may be gone, or be the anonymous id.
      if (name !== tab && text! > '{') found.set(key, text!)
    }
    // The older events come first.
    queue = new Map([...found, ...queue])
    trim()
    timer || schedule(Limit.SendDelay)
    return new Promise(resolve => locks.push(resolve))
  }
  try {
    await navigator.locks.request(prefix + name, { ifAvailable: true }, load)
  } catch {
    // Without Web Locks, two tabs may send the same event; the server knows its id.
    attempt(() => load(name))
  }
}

/**
 * Releases the locks when the page is left or has nothing to protect while it is hidden.
 * A held lock keeps a page out of the back/forward cache and keeps the browser from freezing a tab.
 */
function settle(leaving?: boolean): void {
  if (leaving || !queue || (isHidden() && !queue.size)) {
    for (const resolve of locks) resolve()
    locks = []
  }
}

function put(name: string, args: object | undefined, at: number, id = uuid(at)): void {
  const key = prefix + tab + id
  const text = JSON.stringify({ id, name, at: new Date(at).toISOString(), version: options!.version, anonymous_id: visitorOf(at), args })
  queue!.set(key, text)
  store(key, text)
  timer || schedule(Limit.SendDelay)
}

/** Drops the oldest events over the ceiling, but no report of losses. */
function trim(): void {
  for (const [key, text] of queue!) {
    if (queue!.size <= Limit.Ceiling) break
    if (isReport(text)) continue
    queue!.delete(key)
    unstore(key)
    lose('ceiling', text)
  }
}

const isReport = (text: string): boolean => text.includes(Text.LostName)

/** Counts a loss, and reports it to the server as an event, which arrives exactly once as every event does. */
function lose(kind: Loss, event = '', answer?: object): void {
  count(counters, kind)
  attempt(() => options!.onProblem?.({ ...answer, kind, event }))
  if (!queue || isReport(event)) return
  const at = Date.now()
  report ||= [{}, at, uuid(at)]
  count(report[0], kind)
  put(Text.Lost, ...report)
}

function count<K extends string>(counts: Counts<K>, key: K): void {
  counts[key] = (counts[key] || 0) + 1
}

/** Returns the anonymous id of a time. The id of an earlier week is overwritten, so that nothing links the two. */
function visitorOf(at: number): string | undefined {
  const { anonymous, week: start = Limit.Epoch } = options!
  if (anonymous === 'none') return
  const week = (anonymous === 'browser' ? 0 : ((at + start) / Limit.Week) | 0) + '-'
  if (!visitor?.startsWith(week)) {
    visitor = stored(visitorKey)
    // An id that cannot be stored would count the visitor again with each page.
    if (!visitor?.startsWith(week) && !store(visitorKey, (visitor = week + uuid(0)))) visitor = undefined
  }
  return visitor
}

function schedule(delay: number): void {
  clearTimeout(timer)
  timer = setTimeout(flush, delay)
}

function flush(): Promise<void> {
  clearTimeout(timer)
  timer = undefined
  return (running ||= drain())
}

async function drain(): Promise<void> {
  while (await send());
  running = undefined
  attempt(settle)
}

/** Sends one batch. Returns whether the next one may follow at once. */
async function send(): Promise<boolean> {
  const batch = new Map<string, string>()
  let size: number = Limit.Envelope
  let wait = 0
  const from = tab
  for (const [key, text] of queue || []) {
    if (batch.size >= limit || (size + inFlight + text.length > Limit.InFlight && batch.size + inFlight)) break
    size += text.length + 1
    batch.set(key, text)
    queue!.delete(key)
  }
  if (!batch.size) return false
  report = undefined
  inFlight += size
  try {
    const texts = [...batch.values()]
    const response = await fetch(options!.url!, {
      method: 'POST',
      body: `{"v":1,"sent_at":"${new Date().toISOString()}","events":[${texts}]}`,
      // A retry is sent without keepalive: the quota may have been the reason for the failure.
      keepalive: size <= Limit.InFlight && !failures,
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout?.(Limit.Timeout),
    } as RequestInit)
    const status = response.status
    const after = response.headers.get('retry-after') as string
    wait = +after * 1000 || Date.parse(after) - Date.now()
    // Only JSON is an answer of the endpoint; a proxy may refuse the size in any form.
    const answer = status === 413 ? {} : await response.json()
    const acknowledged = status === 200 && answer.accepted + answer.duplicates + answer.refused.length === batch.size
    const rejected = status === 413 || status === 400
    if (rejected && batch.size > 1) {
      limit = batch.size >> 1
      return true
    }
    if (acknowledged || rejected) {
      for (const [key] of batch) unstore(key)
      batch.clear()
    }
    if (rejected) lose('rejected', texts[0], answer)
    if (acknowledged) {
      for (const refusal of answer.refused) lose('refused', texts.find(text => text.includes(refusal.id)), refusal)
      failures = 0
      limit *= 2
      return true
    }
  } catch {
  } finally {
    inFlight -= size
    // Without an acknowledgement, the events wait again, before the newer ones, unless consent was withdrawn.
    if (tab === from) queue = new Map([...batch, ...queue!])
  }
  const backoff = Limit.FirstRetry * 2 ** failures++ * (0.5 + Math.random())
  schedule(Math.min(wait > 0 ? wait + backoff : backoff, Limit.LongestWait))
  return false
}
