import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, Server, World } from './world.mjs'

const SECOND = 1000
const HOUR = 3600 * SECOND
const WEEK = 7 * 24 * HOUR
const bodies = world => world.requests.map(({ init }) => JSON.parse(init.body))
const names = server => [...server.events.values()].map(event => event.name)

function setUp() {
  const server = new Server()
  return { server, world: new World(server.handle) }
}

test('nothing runs on import, and a server without a document records nothing', async () => {
  const core = await import('../example/core/core.js')
  const handle = core.start({ url: '/-/pings', version: '1' })
  core.fire('Click')
  handle.consent('denied')
  handle.consent('granted')
  await handle.flush()
  assert.deepEqual(handle.counters, {})
})

test('a request contains the events and nothing about the page', async () => {
  const { server, world } = setUp()
  const page = world.open()
  page.fire('Click', { n: 1 })
  page.fire('View')
  await world.advance(3 * SECOND)
  assert.equal(world.requests.length, 1)
  const { url, init } = world.requests[0]
  assert.equal(url, '/-/pings')
  // A body of type text needs no preflight; the default for credentials is `same-origin`.
  assert.deepEqual({ ...init, body: '', signal: 0 }, { method: 'POST', body: '', keepalive: true, referrerPolicy: 'no-referrer', signal: 0 })
  const body = JSON.parse(init.body)
  assert.deepEqual(Object.keys(body), ['v', 'sent_at', 'events'])
  assert.equal(body.sent_at, '2026-11-30T08:00:02.000Z')
  const [click, view] = body.events
  assert.deepEqual(Object.keys(click), ['id', 'name', 'at', 'version', 'anonymous_id', 'args'])
  assert.deepEqual({ ...click, id: '', anonymous_id: '' }, {
    id: '', name: 'Click', at: '2026-11-30T08:00:00.000Z', version: '5.2.1', anonymous_id: '', args: { n: 1 },
  })
  assert.equal('args' in view, false)
  assert.match(click.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(parseInt(click.id.replace('-', '').slice(0, 12), 16), Date.UTC(2026, 10, 30, 8))
  assert.equal(server.events.size, 2)
  assert.deepEqual(page.handle.counters, {})
  assert.deepEqual([...world.storage.keys()], ['pings:/-/pings:id'])
})

test('only listeners that keep the back/forward cache possible are registered', () => {
  const { world } = setUp()
  const types = world.open().listeners.map(([type]) => type)
  assert.deepEqual(types, ['visibilitychange', 'pagehide', 'pageshow', 'online', 'storage'])
})

test('the second start returns the same handle and changes nothing', async () => {
  const { world } = setUp()
  const page = world.open()
  assert.equal(page.core.start({ url: '/other', version: '2' }), page.handle)
  page.fire('Click')
  await world.advance(3 * SECOND)
  assert.equal(world.requests[0].url, '/-/pings')
})

test('the script tag of the page wins over the options', async () => {
  for (const url of [undefined, '/other']) {
    const { world } = setUp()
    const tag = '{"url":"/prefix/-/pings","consent":"granted","anonymous":"none"}'
    const page = world.open({ url, anonymous: 'week' }, { tag })
    page.fire('Click')
    await world.advance(3 * SECOND)
    assert.equal(world.requests[0].url, '/prefix/-/pings')
    assert.equal('anonymous_id' in bodies(world)[0].events[0], false)
  }
})

test('the stricter consent of the script tag and the options counts', async () => {
  for (const [ofTag, ofOptions] of [['granted', 'denied'], ['denied', 'granted'], ['granted', 'ask'], ['ask', undefined], ['denied', undefined]]) {
    const { world } = setUp()
    const page = world.open({ url: '/-/pings', consent: ofOptions }, { tag: `{"consent":"${ofTag}"}` })
    page.fire('Click')
    await world.advance(3 * SECOND)
    assert.equal(world.requests.length, 0, `${ofTag} ${ofOptions}`)
  }
})

test('the first event of a page is sent once, even if the page is shown before its lock is granted', async () => {
  const { server, world } = setUp()
  const page = world.open()
  page.fire('Click')
  page.dispatch('pageshow')
  await world.advance(3 * SECOND)
  assert.deepEqual(bodies(world).map(({ events }) => events.length), [1])
  assert.equal(server.events.size, 1)
})

test('a missing or broken script tag is reported', async () => {
  for (const tag of [undefined, '', '{', 'null', '{}']) {
    const { world } = setUp()
    const page = world.open({ url: undefined }, { tag })
    page.fire('Click')
    page.handle.consent('granted')
    await world.advance(HOUR)
    assert.deepEqual(page.problems.map(({ kind }) => kind), ['no-url'])
    assert.equal(world.requests.length, 0)
  }
})

test('arguments without a JSON form are counted and reported', async () => {
  const { server, world } = setUp()
  const page = world.open()
  const circular = {}
  circular.self = circular
  page.fire('Circular', circular)
  page.fire('BigInt', { n: 1n })
  page.fire('Getter', { get n() { throw new Error('getter') } })
  page.fire('Click')
  await world.advance(3 * SECOND)
  assert.deepEqual(page.problems.map(({ kind, event }) => [kind, event]), [['invalid', 'Circular'], ['invalid', 'BigInt'], ['invalid', 'Getter']])
  assert.deepEqual(names(server).sort(), ['$lost', 'Click'])
  assert.deepEqual([...server.events.values()].find(({ name }) => name === '$lost').args, { invalid: 3 })
})

test('nothing throws, whatever the page did to the globals', async () => {
  const poison = new Proxy(function () {}, {
    get() { throw new Error('poison') },
    apply() { throw new Error('poison') },
    construct() { throw new Error('poison') },
    has() { throw new Error('poison') },
    ownKeys() { throw new Error('poison') },
  })
  const names = ['document', 'navigator', 'localStorage', 'crypto', 'fetch', 'AbortSignal', 'Date', 'addEventListener', 'setTimeout', 'clearTimeout', 'Math']
  const rejections = []
  const onRejection = error => rejections.push(error)
  process.on('unhandledRejection', onRejection)
  for (const name of names) {
    for (const value of [poison, undefined, null, 1, {}]) {
      const { world } = setUp()
      const page = world.open({}, { globals: { [name]: value } })
      page.fire('Click', { n: 1 })
      page.handle.consent('denied')
      page.handle.consent('granted')
      page.fire('Click', { n: 2 })
      for (const type of ['visibilitychange', 'pagehide', 'pageshow', 'online', 'storage']) page.dispatch(type)
      await Promise.race([page.handle.flush(), world.advance(60 * SECOND)])
      await world.advance(60 * SECOND)
    }
  }
  await new Promise(resolve => setTimeout(resolve, 10))
  process.off('unhandledRejection', onRejection)
  assert.deepEqual(rejections, [])
})

test('a callback of the product that throws breaks nothing', async () => {
  const { server, world } = setUp()
  const page = world.open({ onProblem: () => { throw new Error('product') } })
  page.fire('Unknown')
  page.fire('Click')
  await world.advance(6 * SECOND)
  assert.deepEqual(names(server), ['Click', '$lost'])
})

test('denied consent clears the storage and sends nothing', async () => {
  for (const [options, signals] of [[{ consent: 'denied' }, {}], [{}, { globalPrivacyControl: true }], [{}, { doNotTrack: '1' }]]) {
    const { world, server } = setUp()
    server.mode = 'down'
    const earlier = world.open()
    earlier.fire('Click')
    await world.advance(SECOND)
    earlier.crash()
    world.requests.length = 0
    const page = world.open(options, { signals })
    page.fire('Click')
    page.hide()
    page.dispatch('pagehide')
    await world.advance(HOUR)
    assert.equal(world.requests.length, 0)
    assert.equal(world.storage.size, 0)
    if (signals.globalPrivacyControl) {
      page.handle.consent('granted')
      page.fire('Click')
      await world.advance(HOUR)
      assert.equal(world.requests.length, 0)
    }
  }
})

test('while consent is asked for, nothing is stored or sent, and earlier events are not counted later', async () => {
  const { world, server } = setUp()
  const page = world.open({ consent: 'ask' })
  page.fire('Before')
  await world.advance(HOUR)
  assert.equal(world.storage.size + world.requests.length, 0)
  page.handle.consent('granted')
  page.fire('After')
  await world.advance(3 * SECOND)
  assert.deepEqual(names(server), ['After'])
})

test('consent that is withdrawn in one tab is withdrawn in all tabs, and can be given again', async () => {
  const { world, server } = setUp()
  server.mode = 'down'
  const [first, second] = [world.open(), world.open()]
  first.fire('First')
  second.fire('Second')
  await world.advance(2010)
  // A request of each tab is on its way and fails after the change.
  first.handle.consent('denied')
  await world.advance(5)
  first.handle.consent('granted')
  await world.advance(100)
  server.mode = 'ok'
  first.fire('Third')
  second.fire('Fourth')
  await world.advance(HOUR)
  assert.deepEqual(names(server), ['Third'])
  assert.equal([...world.storage.keys()].filter(key => !key.endsWith(':id')).length, 0)
})

test('a retry waits longer each time and at least as long as the server asks', async () => {
  const { world, server } = setUp()
  const page = world.open()
  const times = async (mode, retryAfter, ms) => {
    server.mode = mode
    server.retryAfter = retryAfter
    const from = world.requests.length
    const starts = []
    for (let t = 0; t < ms; t += 100) {
      const before = world.requests.length
      await world.advance(100)
      if (world.requests.length > before) starts.push(world.now)
    }
    return { count: world.requests.length - from, gaps: starts.slice(1).map((time, i) => time - starts[i]) }
  }
  page.fire('Click')
  const down = await times('down', '', 100 * SECOND)
  assert.ok(down.count >= 4 && down.count <= 9, `${down.count} requests`)
  assert.ok(down.gaps.at(-1) > 4 * down.gaps[0])
  server.mode = 'busy'
  server.retryAfter = '600'
  page.dispatch('online')
  const seconds = await times('busy', '600', 590 * SECOND)
  assert.equal(seconds.count, 0)
  page.dispatch('online')
  const date = await times('busy', new Date(world.now + 600 * SECOND).toUTCString(), 590 * SECOND)
  assert.equal(date.count, 0)
  server.mode = 'ok'
  await world.advance(HOUR)
  assert.deepEqual(names(server), ['Click'])
})

test('a page that is hidden while the server asks for time does not send', async () => {
  const { world, server } = setUp()
  const page = world.open()
  server.mode = 'busy'
  server.retryAfter = '600'
  page.fire('Click')
  await world.advance(3 * SECOND)
  page.fire('Click')
  page.hide()
  page.dispatch('pagehide')
  await world.advance(60 * SECOND)
  assert.equal(world.requests.length, 1)
})

test('a batch that is too large is halved, and an event that is rejected alone is dropped and counted', async () => {
  const { world, server } = setUp()
  server.mode = 'small'
  const page = world.open()
  for (let n = 0; n < 40; n++) page.fire('Click', { n })
  page.fire('Click', { text: 'x'.repeat(2000) })
  page.fire('Malformed')
  await world.advance(HOUR)
  assert.equal(names(server).filter(name => name === 'Click').length, 40)
  assert.deepEqual(page.problems.map(({ kind }) => kind), ['rejected', 'rejected'])
  assert.deepEqual([...server.events.values()].filter(({ name }) => name === '$lost').map(({ args }) => args.rejected).reduce((a, b) => a + b), 2)
})

test('status 400 without JSON, as from a proxy, drops nothing', async () => {
  let status = 400
  const server = new Server()
  const world = new World(body => (status === 400 ? { response: answer(400, '<html>') } : server.handle(body)))
  const page = world.open()
  page.fire('Click')
  await world.advance(60 * SECOND)
  status = 200
  await world.advance(HOUR)
  assert.deepEqual(names(server), ['Click'])
})

test('a server that does not know the report of losses does not cause more of them', async () => {
  const world = new World(body => {
    const { events } = JSON.parse(body)
    return { response: answer(200, { accepted: 0, duplicates: 0, refused: events.map(({ id }) => ({ id, reason: 'unknown-event', message: '' })) }) }
  })
  const page = world.open()
  page.fire('Click')
  await world.advance(HOUR)
  assert.equal(world.requests.length, 2)
  assert.deepEqual(page.problems.map(({ kind, reason }) => [kind, reason]), [['refused', 'unknown-event'], ['refused', 'unknown-event']])
})

test('the oldest events over the ceiling are dropped and counted', async () => {
  const { world, server } = setUp()
  server.mode = 'down'
  const page = world.open()
  for (let n = 0; n < 1200; n++) page.fire('Click', { n })
  assert.equal(page.handle.counters.ceiling, 201)
  await world.advance(10 * SECOND)
  server.mode = 'ok'
  await world.advance(HOUR)
  const clicks = [...server.events.values()].filter(({ name }) => name === 'Click').map(({ args }) => args.n)
  assert.deepEqual([clicks.length, Math.min(...clicks)], [999, 201])
  assert.deepEqual([...server.events.values()].filter(({ name }) => name === '$lost').map(({ args }) => args), [{ ceiling: 201 }])
})

test('requests on their way stay under 64 KiB, also with text of three bytes', async () => {
  const { world } = setUp()
  const page = world.open()
  for (let n = 0; n < 90; n++) page.fire('Click', { text: '漢字仮名交じり文'.repeat(100) })
  await world.advance(2001)
  page.hide()
  page.dispatch('pagehide')
  await world.advance(10)
  assert.ok(world.keepaliveBytes > 40000 && world.keepaliveBytes <= 60000, `${world.keepaliveBytes} bytes`)
  assert.equal(world.quotaErrors, 0)
})

test('an event that is larger than a keepalive request is sent without keepalive', async () => {
  const { world, server } = setUp()
  const page = world.open()
  page.fire('Click', { text: 'x'.repeat(70000) })
  await world.advance(3 * SECOND)
  assert.equal(server.events.size, 1)
  assert.equal(world.requests[0].init.keepalive, false)
})

test('the anonymous id changes each ISO week and leaves no trace of the earlier one', async () => {
  const { world } = setUp()
  // Sunday, one hour before the week ends.
  world.now = Date.UTC(2026, 10, 29, 23)
  const page = world.open()
  page.fire('Sunday')
  await world.advance(HOUR - 1)
  page.fire('Sunday')
  await world.advance(SECOND)
  world.open().fire('Monday')
  page.fire('Monday')
  await world.advance(10 * SECOND)
  await world.advance(WEEK)
  page.fire('NextMonday')
  await world.advance(10 * SECOND)
  const events = bodies(world).flatMap(({ events }) => events)
  const ids = name => [...new Set(events.filter(event => event.name === name).map(event => event.anonymous_id))]
  const [[sunday], [monday], [next]] = [ids('Sunday'), ids('Monday'), ids('NextMonday')]
  assert.deepEqual([ids('Sunday').length, ids('Monday').length], [1, 1])
  assert.equal(new Set([sunday, monday, next]).size, 3)
  assert.match(monday, /^2970-00000000-0000-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.ok(![...world.storage.values()].some(value => value.includes(sunday) || value.includes(monday)))
})

test('the anonymous id changes on the day on which the weeks of the registry begin', async () => {
  const { world } = setUp()
  // Saturday, one hour before the week ends.
  world.now = Date.UTC(2026, 10, 28, 23)
  const page = world.open({ week: 345600000 })
  for (const name of ['Saturday', 'Sunday', 'Monday']) {
    page.fire(name)
    await world.advance(24 * HOUR)
  }
  const ids = bodies(world).flatMap(({ events }) => events).map(event => event.anonymous_id)
  assert.equal(ids.length, 3)
  assert.notEqual(ids[0], ids[1])
  assert.equal(ids[1], ids[2])
})

test('the anonymous id of a browser stays, and `none` makes no id', async () => {
  const { world } = setUp()
  const page = world.open({ anonymous: 'browser' })
  page.fire('Click')
  await world.advance(4 * WEEK)
  page.close()
  world.open({ anonymous: 'browser' }).fire('Click')
  await world.advance(10 * SECOND)
  assert.equal(new Set(bodies(world).flatMap(({ events }) => events).map(event => event.anonymous_id)).size, 1)
  const other = setUp().world
  other.open({ anonymous: 'none' }).fire('Click')
  assert.equal([...other.storage.keys()].some(key => key.endsWith(':id')), false)
})

test('two tabs that draw an anonymous id at the same moment agree on one of them', async () => {
  const { world } = setUp()
  const [first, second] = [world.open(), world.open()]
  first.fire('Click')
  // The process of the second tab does not know the id yet.
  for (const key of world.storage.keys()) if (key.endsWith(':id')) world.storage.delete(key)
  second.fire('Click')
  await world.advance(SECOND)
  first.fire('View')
  second.fire('View')
  await world.advance(3 * SECOND)
  const events = bodies(world).flatMap(({ events }) => events)
  const ids = name => new Set(events.filter(event => event.name === name).map(event => event.anonymous_id)).size
  assert.deepEqual([ids('Click'), ids('View')], [2, 1])
})

test('without storage, events are sent without an anonymous id', async () => {
  for (const [mode, options] of [['denied', {}], ['full', {}], ['ok', { storage: 'memory' }]]) {
    const { world, server } = setUp()
    world.storageMode = mode
    world.open(options).fire('Click')
    await world.advance(3 * SECOND)
    assert.equal(world.storage.size, 0)
    assert.equal([...server.events.values()][0].anonymous_id, undefined)
  }
})

test('storage that is cleared while events wait loses nothing', async () => {
  const { world, server } = setUp()
  const page = world.open()
  page.fire('Click')
  world.storage.clear()
  await world.advance(3 * SECOND)
  assert.deepEqual(names(server), ['Click'])
})

test('a tab that is opened later sends the events of a tab that crashed, and only once', async () => {
  for (const withLocks of [true, false]) {
    const { world, server } = setUp()
    world.withLocks = withLocks
    server.mode = 'down'
    const page = world.open({ version: '5.2.1' })
    page.fire('Click')
    await world.advance(HOUR)
    page.crash()
    server.mode = 'ok'
    const before = server.batches
    const [second, third] = [world.open({ version: '5.3.0' }), world.open()]
    await world.advance(10 * SECOND)
    assert.deepEqual([...server.events.values()].map(({ version }) => version), ['5.2.1'])
    if (withLocks) assert.equal(server.batches - before, 1)
    assert.ok(second && third)
  }
})

test('a page that is left sends at once, and the events stay until they are acknowledged', async () => {
  const { world, server } = setUp()
  server.mode = 'lost'
  const page = world.open()
  page.fire('Click')
  page.close()
  await world.advance(HOUR)
  assert.equal(server.events.size, 1)
  server.mode = 'ok'
  world.open()
  await world.advance(10 * SECOND)
  assert.equal(server.events.size, 1)
  assert.equal([...world.storage.keys()].filter(key => !key.endsWith(':id')).length, 0)
})

test('a hidden page without events holds no lock, so that the browser may freeze it', async () => {
  const { world } = setUp()
  const page = world.open()
  page.fire('Click')
  await world.advance(SECOND)
  assert.ok(page.heldLocks.length > 0)
  page.hide()
  await world.advance(SECOND)
  assert.equal(page.heldLocks.length, 0)
  page.show()
  await world.advance(SECOND)
  assert.ok(page.heldLocks.length > 0)
})

test('products with different endpoints on one origin keep their events apart', async () => {
  const { world, server } = setUp()
  server.mode = 'down'
  const page = world.open({ url: '/a/-/pings' })
  page.fire('Click')
  await world.advance(3 * SECOND)
  page.crash()
  server.mode = 'ok'
  world.open({ url: '/b/-/pings' })
  await world.advance(HOUR)
  assert.equal(server.events.size, 0)
})
