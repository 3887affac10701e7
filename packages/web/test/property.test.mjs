// Drives pages, storage and a faulty server at random, and compares what arrives with what was recorded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generator, Server, World } from './world.mjs'

const SEEDS = Number(process.env.SEEDS || 25)
const FIRST = Number(process.env.SEED || 1)
const MODES = ['ok', 'ok', 'ok', 'down', 'html', 'error', 'other', 'busy', 'forbidden', 'small', 'lost', 'slow']
const NAMES = ['Click', 'Click', 'Click', 'Click', 'View', 'View', 'Unknown', 'Malformed']

async function run(seed, { withLocks, withFullStorage }) {
  const random = generator(seed)
  const server = new Server()
  const world = new World(server.handle, seed)
  world.withLocks = withLocks
  const recorded = new Map()
  const perishable = new Set()
  let number = 0
  const alive = () => world.pages.filter(page => !page.dead)
  const active = () => alive().filter(page => !page.frozen)
  const pick = list => list[random(list.length)]
  const record = (page, count) => {
    for (let i = 0; i < count; i++) {
      const n = ++number
      const name = pick(NAMES)
      page.fire(name, { n })
      recorded.set(n, { name, page })
      if (![...world.storage.values()].some(text => text.includes(`"n":${n}}`))) perishable.add(n)
    }
  }
  const actions = [
    () => world.pages.length < 12 && world.open(),
    () => active().length && record(pick(active()), 1 + random(6)),
    () => active().length && record(pick(active()), 1 + random(6)),
    () => active().length && record(pick(active()), random(20) ? 3 : 700),
    () => alive().length && pick(alive()).crash(),
    () => active().length && pick(active()).close(),
    () => active().length && pick(active()).hide(),
    () => active().length && pick(active()).show(),
    () => active().length && pick(active()).freeze(),
    () => alive().filter(page => page.frozen).forEach(page => page.restore()),
    () => active().length && pick(active()).dispatch('online'),
    () => active().length && void pick(active()).handle.flush(),
    () => (server.mode = pick(MODES)),
    () => (server.mode = pick(MODES)),
    () => withFullStorage && (world.storageMode = pick(['ok', 'ok', 'full', 'denied'])),
  ]
  world.open()
  for (let step = 0; step < 120; step++) {
    pick(actions)()
    await world.advance(random(3) ? random(50) : random(20000))
    for (const page of world.pages) if (page.frozen && !page.dead) assert.deepEqual(page.heldLocks, [], 'a frozen page holds no lock')
    for (const text of world.storage.values()) assert.ok(text[0] !== '{' || JSON.parse(text).id)
  }
  // Everything recovers: the rest must arrive.
  server.mode = 'ok'
  world.storageMode = 'ok'
  alive().filter(page => page.frozen).forEach(page => page.restore())
  alive().forEach(page => page.show())
  world.open()
  await world.advance(8 * 3600000)
  alive().forEach(page => page.close())
  world.open()
  await world.advance(8 * 3600000)

  const problems = world.pages.flatMap(page => page.problems)
  const lost = new Map(problems.map(problem => [JSON.parse(problem.event).args.n, problem.kind]))
  const arrived = new Map()
  for (const event of server.events.values()) {
    if (event.name === '$lost') continue
    assert.ok(!arrived.has(event.args.n), `event ${event.args.n} arrived with two ids`)
    arrived.set(event.args.n, event)
  }
  for (const [n, { name, page }] of recorded) {
    if (arrived.has(n)) assert.equal(arrived.get(n).name, name)
    else if (lost.has(n)) {
      const expected = { Unknown: ['refused', 'ceiling'], Malformed: ['rejected', 'ceiling'] }[name] || ['ceiling']
      assert.ok(expected.includes(lost.get(n)), `${name} ${n} was lost as ${lost.get(n)}`)
    } else assert.ok(perishable.has(n) && page.dead, `${name} ${n} is lost`)
  }
  assert.deepEqual([...world.storage.keys()].filter(key => !key.endsWith(':id')), [], 'the storage is empty at the end')
  if (withLocks && !withFullStorage) {
    const counted = {}
    for (const event of server.events.values()) {
      if (event.name === '$lost') for (const [kind, count] of Object.entries(event.args)) counted[kind] = (counted[kind] || 0) + count
    }
    const expected = {}
    for (const { kind } of problems) expected[kind] = (expected[kind] || 0) + 1
    assert.deepEqual(counted, expected, 'the server knows each loss once')
  }
  assert.equal(world.quotaErrors, 0, 'the keepalive quota is never exceeded')
}

for (const [title, options] of [
  ['with Web Locks', { withLocks: true, withFullStorage: false }],
  ['without Web Locks', { withLocks: false, withFullStorage: false }],
  ['with storage that is full or denied at times', { withLocks: true, withFullStorage: true }],
]) {
  test(`each event arrives exactly once ${title}`, async () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      try {
        await run(seed, options)
      } catch (error) {
        error.message = `seed ${seed}: ${error.message}`
        throw error
      }
    }
  })
}
