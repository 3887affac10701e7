// A browser and a server with a clock of their own, in which the compiled core runs: pages share storage, locks and time.
import { buildSync } from 'esbuild'
import { fileURLToPath } from 'node:url'

const code = buildSync({
  entryPoints: [fileURLToPath(new URL('../example/core/core.js', import.meta.url))],
  bundle: true, write: false, format: 'iife', globalName: 'core', target: 'es2020',
}).outputFiles[0].text

const GLOBALS = [
  'window', 'document', 'navigator', 'localStorage', 'crypto', 'fetch', 'AbortSignal', 'Date',
  'addEventListener', 'setTimeout', 'clearTimeout', 'Math', 'Request',
]
const load = new Function(...GLOBALS, `${code}\nreturn core`)

/** Returns numbers below `n` from a seed (mulberry32). */
export function generator(seed) {
  return n => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n)
  }
}

export class World {
  now = Date.UTC(2026, 10, 30, 8)
  /** What the server's clock shows after `now`. */
  skew = 0
  storage = new Map()
  /** `ok`, `full` or `denied`. */
  storageMode = 'ok'
  withLocks = true
  locks = new Map()
  pages = []
  tasks = []
  order = 0
  keepaliveBytes = 0
  quotaErrors = 0
  requests = []
  random

  constructor(server, seed = 1) {
    this.server = server
    const next = generator(seed)
    this.random = n => next(n)
  }

  at(delay, page, run) {
    const task = { time: this.now + Math.max(0, delay), order: this.order++, page, run }
    this.tasks.push(task)
    return task
  }

  /** Lets promises settle and runs what is due until the clock has moved by `ms`. */
  async advance(ms) {
    const end = this.now + ms
    await settled()
    for (;;) {
      const due = this.tasks
        .filter(task => task.time <= end && !(task.page && (task.page.dead || task.page.frozen)))
        .sort((a, b) => a.time - b.time || a.order - b.order)[0]
      if (!due) break
      this.now = Math.max(this.now, due.time)
      this.tasks.splice(this.tasks.indexOf(due), 1)
      due.run()
      await settled()
    }
    this.now = end
  }

  open(options = {}, page = {}) {
    return new Page(this, options, page)
  }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

export class Page {
  dead = false
  frozen = false
  listeners = []
  heldLocks = []
  problems = []

  constructor(world, options, { tag, signals = {}, globals = {} } = {}) {
    this.world = world
    world.pages.push(this)
    const page = this
    this.document = {
      hidden: false,
      getElementById: id => (id === 'pings' && tag !== undefined ? { textContent: tag } : null),
    }
    const area = key => {
      if (world.storageMode === 'denied') throw new Error('SecurityError')
      return key
    }
    class FakeStorage {
      getItem(key) { return world.storage.get(area(key)) ?? null }
      setItem(key, value) {
        area(key)
        if (world.storageMode === 'full') throw new Error('QuotaExceededError')
        world.store(page, key, String(value))
      }
      removeItem(key) { world.store(page, area(key), null) }
    }
    world.store ??= (from, key, value) => {
      if (value === null) { if (!world.storage.delete(key)) return } else world.storage.set(key, value)
      for (const other of world.pages) if (other !== from && !other.dead) world.at(1, other, () => other.dispatch('storage', { key, newValue: value }))
    }
    const localStorage = new Proxy(new FakeStorage(), {
      ownKeys: () => [...world.storage.keys()].map(area).reverse(),
      getOwnPropertyDescriptor: (_, key) => ({ value: world.storage.get(key), enumerable: true, configurable: true }),
    })
    class PageDate extends Date {
      constructor(...args) { args.length ? super(...args) : super(world.now) }
      static now() { return world.now }
    }
    const values = {
      window: this,
      document: this.document,
      navigator: {
        ...signals,
        locks: world.withLocks ? { request: (name, _, callback) => this.lock(name, callback) } : undefined,
      },
      localStorage,
      crypto: { getRandomValues: numbers => numbers.forEach((_, i) => (numbers[i] = world.random(2 ** 32))) },
      fetch: (url, init) => this.fetch(url, init),
      AbortSignal: { timeout: ms => ms },
      Date: PageDate,
      addEventListener: (type, listener) => this.listeners.push([type, listener]),
      setTimeout: (run, delay) => world.at(delay, this, run),
      clearTimeout: task => { const i = world.tasks.indexOf(task); if (i >= 0) world.tasks.splice(i, 1) },
      Math: Object.assign(Object.create(Math), { random: () => world.random(1e6) / 1e6, floor: Math.floor, min: Math.min, max: Math.max }),
      Request: class { get keepalive() { return true } },
      ...globals,
    }
    this.core = load(...GLOBALS.map(name => values[name]))
    this.handle = this.core.start({ url: '/-/pings', version: '5.2.1', onProblem: problem => this.problems.push(problem), ...options })
  }

  fire(name, args) {
    this.core.fire(name, args)
  }

  dispatch(type, event = {}) {
    if (this.dead) return
    for (const [wanted, listener] of this.listeners) if (wanted === type) listener({ type, ...event })
  }

  hide() {
    this.document.hidden = true
    this.dispatch('visibilitychange')
  }

  show() {
    this.document.hidden = false
    this.dispatch('visibilitychange')
  }

  /** Ends the page without any event, as a crash does. */
  crash() {
    this.dead = true
    this.releaseLocks()
  }

  close() {
    this.dispatch('pagehide', { persisted: false })
    this.hide()
    this.crash()
  }

  /** Puts the page into the back/forward cache. */
  freeze() {
    this.dispatch('pagehide', { persisted: true })
    this.hide()
    this.frozen = true
  }

  restore() {
    this.frozen = false
    this.document.hidden = false
    this.dispatch('pageshow', { persisted: true })
    this.dispatch('visibilitychange')
  }

  releaseLocks() {
    for (const name of this.heldLocks.splice(0)) this.world.locks.delete(name)
  }

  async lock(name, callback) {
    await null
    if (this.dead) return new Promise(() => {})
    if (this.world.locks.has(name)) return callback(null)
    this.world.locks.set(name, this)
    this.heldLocks.push(name)
    try {
      return await callback({ name })
    } finally {
      if (this.heldLocks.includes(name)) {
        this.heldLocks.splice(this.heldLocks.indexOf(name), 1)
        this.world.locks.delete(name)
      }
    }
  }

  fetch(url, init) {
    const { world } = this
    const bytes = Buffer.byteLength(init.body)
    world.requests.push({ url, init, page: this })
    return new Promise((resolve, reject) => {
      if (init.keepalive) {
        if (world.keepaliveBytes + bytes > 65536) {
          world.quotaErrors++
          return reject(new TypeError('Failed to fetch'))
        }
        world.keepaliveBytes += bytes
      }
      let open = true
      const settle = (action, value) => {
        if (!open) return
        open = false
        if (init.keepalive) world.keepaliveBytes -= bytes
        if (!this.dead) this.frozen ? world.at(0, this, () => action(value)) : action(value)
      }
      // A request that ends with the page may never arrive.
      world.at(20, init.keepalive ? undefined : this, () => {
        const { response, delay = 20 } = world.server(init.body, init)
        world.at(delay, undefined, () => (response ? settle(resolve, response) : settle(reject, new TypeError('Failed to fetch'))))
      })
      world.at(init.signal, undefined, () => settle(reject, new Error('TimeoutError')))
    })
  }
}

export const answer = (status, body, headers = {}) => ({
  status,
  ok: status >= 200 && status < 300,
  headers: new Headers(headers),
  json: async () => JSON.parse(typeof body === 'string' ? body : JSON.stringify(body)),
})

/** A server as the README describes it, with faults: `mode` says how it behaves. */
export class Server {
  mode = 'ok'
  events = new Map()
  refusedIds = new Set()
  retryAfter = '7'
  batches = 0

  handle = body => {
    this.batches++
    switch (this.mode) {
      case 'down': return {}
      case 'html': return { response: answer(200, '<html>Sign in</html>') }
      case 'error': return { response: answer(500, '<html>Internal error</html>') }
      case 'other': return { response: answer(200, { ok: true }) }
      case 'busy': return { response: answer(503, '', { 'retry-after': this.retryAfter }) }
      case 'forbidden': return { response: answer(403, { error: 'origin' }) }
      case 'small': if (body.length > 900) return { response: answer(413, '<html>Too large</html>') }
    }
    let batch
    try {
      batch = JSON.parse(body)
      if (batch.v !== 1 || batch.events.some(event => event.name === 'Malformed')) throw new Error('malformed')
    } catch {
      return { response: answer(400, { error: 'malformed' }) }
    }
    const result = { accepted: 0, duplicates: 0, refused: [] }
    for (const event of batch.events) {
      if (event.name === 'Unknown') {
        this.refusedIds.add(event.id)
        result.refused.push({ id: event.id, reason: 'unknown-event', message: 'no event is named `Unknown`' })
      } else if (this.events.has(event.id)) result.duplicates++
      else {
        this.events.set(event.id, event)
        result.accepted++
      }
    }
    if (this.mode === 'lost') return {}
    return { response: answer(200, result), delay: this.mode === 'slow' ? 40000 : 20 }
  }
}
