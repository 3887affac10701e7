// Answers that refuse, mislead or get lost, and clocks.
import assert from 'node:assert/strict'
import { each, flush, product, server, stored, until } from '../world.mjs'

const HOUR = 3600000

/** Returns how many requests arrived since the call. */
async function counting() {
  const before = (await server.requests()).length
  return async () => (await server.requests()).length - before
}

product('429 with Retry-After', async it => {
  const page = await it.open()
  const requests = await counting()
  await server.fault({ answer: 'too-many', retry_after: '2' })
  await it.record(page, 'a')
  await flush(page)
  const start = Date.now()
  await it.record(page, 'b')
  await until(async () => (await requests()) === 1)
  await server.fault()
  await it.delivered(page, each(['a', 'b']))
  assert.ok(Date.now() - start >= 2000)
  assert.equal(await requests(), 2)
})

product('429 of the endpoint itself', async it => {
  await server.stop()
  await server.start({ requestsPerSecond: 1 })
  const page = await it.open()
  await page.evaluate(() => window.product.signIn(429))
  await it.record(page, 'a')
  // A batch that is refused counts as a request, too.
  const statuses = await page.evaluate(async () => {
    const send = () => fetch('/-/pings', { method: 'POST', body: '{}' })
    const answers = Promise.all(Array.from({ length: 40 }, send))
    await window.product.handle.flush()
    return (await answers).map(({ status }) => status)
  })
  assert.ok(statuses.includes(429), `${statuses}`)
  await it.delivered(page, each(['a'], { user: 429 }))
  await server.stop()
  await server.start()
})

product('503 with a date in Retry-After', async it => {
  const page = await it.open()
  const requests = await counting()
  await server.fault({ answer: 'unavailable', retry_after: new Date(Date.now() + 2000).toUTCString() })
  await it.record(page, 'a')
  await flush(page)
  await it.record(page, 'b')
  await server.fault()
  await it.delivered(page, each(['a', 'b']))
  assert.equal(await requests(), 2)
})

product('an answer that is lost after the commit', async it => {
  const page = await it.open()
  await server.fault({ answer: 'lost' })
  await it.record(page, 'a', 'b')
  await flush(page)
  assert.equal((await it.rows()).length, 2)
  assert.equal(await stored(page), 2)
  await it.record(page, 'c')
  await server.fault()
  await it.delivered(page, each(['a', 'b', 'c']))
})

for (const [answer, name] of [['page', 'a page with 500'], ['portal', 'a page with 200, as captive portals answer']]) {
  product(name, async it => {
    const page = await it.open()
    await server.fault({ answer })
    await it.record(page, 'a')
    await flush(page)
    assert.deepEqual([await stored(page), await it.rows()], [1, []])
    await server.fault()
    await it.delivered(page, { a: {} })
    assert.deepEqual(await page.evaluate(() => window.product.problems), [])
  })
}

// The browser's own network emulation is offline; the hour passes in the page's clock.
product('an hour offline', async it => {
  await it.context.clock.install({ time: Date.now() - HOUR })
  const page = await it.open()
  const requests = await counting()
  await it.context.setOffline(true)
  for (const label of ['0', '1', '2']) {
    await it.record(page, label)
    await page.clock.runFor(HOUR / 3)
  }
  assert.deepEqual([await requests(), await stored(page)], [0, 3])
  await it.context.setOffline(false)
  await it.delivered(page, each(['0', '1', '2']))
  for (const { label, at } of await it.rows()) {
    const ago = Date.now() - at
    assert.ok(Math.abs(ago - HOUR * (1 - label / 3)) < 60000, `${label}: ${ago}`)
  }
})

for (const [name, skew, ago] of [['an hour ahead', HOUR, 0], ['an hour behind', -HOUR, HOUR]]) {
  product(`a clock that is ${name}`, async it => {
    await it.context.clock.install({ time: Date.now() + skew })
    const page = await it.open()
    await it.record(page, 'a')
    await flush(page)
    await it.delivered(page, { a: {} })
    // A difference below a day is not corrected, but no event is in the future.
    const [{ at }] = await it.rows()
    assert.ok(at <= Date.now() && Math.abs(Date.now() - at - ago) < 60000, `${Date.now() - at}`)
  })
}

product('plain HTTP, without Web Locks', async it => {
  const base = server.base.replace('127.0.0.1', 'intranet.test')
  const pages = [await it.open('old', { base }), await it.open('old', { base })]
  assert.equal(await pages[0].evaluate(() => isSecureContext || 'locks' in navigator), false)
  await server.fault({ answer: 'lost' })
  await it.record(pages[0], 'a')
  await it.record(pages[1], 'b')
  await Promise.all(pages.map(flush))
  await pages[0].close()
  await server.fault()
  const third = await it.open('old', { base })
  await it.delivered(third, each(['a', 'b']))
  const { origin, site } = (await server.requests()).at(-1)
  assert.deepEqual([origin, site], [base, null])
})
