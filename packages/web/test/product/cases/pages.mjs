// Pages that are reloaded, left, closed or crash, and several pages at once.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { withProfile } from '../browser.mjs'
import { VERSIONS } from '../frontend/build.mjs'
import { each, flush, folder, product, server, stored, until } from '../world.mjs'

product('a strict policy and no inline script', async it => {
  const page = await it.open()
  const violations = await page.evaluate(() => {
    window.violations = []
    addEventListener('securitypolicyviolation', event => window.violations.push(event.violatedDirective))
    const inline = document.createElement('script')
    inline.textContent = 'window.inline = true'
    document.body.append(inline)
    return new Promise(resolve => setTimeout(() => resolve(['inline' in window, ...window.violations]), 50))
  })
  assert.deepEqual(violations, [false, 'script-src-elem'])
  const clicks = async () => (await server.rows()).filter(({ name }) => name === 'InsightAddition')
  await page.click('button')
  await it.record(page, 'a')
  await it.delivered(page, { a: {} })
  assert.deepEqual((await clicks()).map(({ args }) => args), [{ insightType: 'searchInsights' }])
  const { origin, referer, site } = (await server.requests()).at(-1)
  assert.deepEqual([origin, referer, site], [server.base, null, 'same-origin'])
})

product('a reload while a request is on its way', async it => {
  const page = await it.open()
  const labels = []
  for (const fault of [{ before: 300 }, { after: 300 }, {}, { before: 100, after: 100 }]) {
    await server.fault(fault)
    const label = JSON.stringify(fault)
    labels.push(label, label + ' later')
    await it.record(page, label)
    await page.evaluate(() => void window.product.handle.flush())
    await it.record(page, label + ' later')
    await page.reload()
    await page.waitForFunction(() => window.product)
  }
  await server.fault()
  await it.delivered(page, each(labels))
})

product('a tab that is closed at once', async it => {
  const page = await it.open()
  await it.record(page, 'a', 'b', 'c')
  await page.close({ runBeforeUnload: true })
  await it.delivered(undefined, each(['a', 'b', 'c']))
})

product('a tab that crashes at once', async it => {
  const page = await it.open()
  await it.record(page, 'a', 'b')
  const crashed = page.waitForEvent('crash')
  page.goto('chrome://crash').catch(() => {})
  await crashed
  assert.deepEqual(await it.rows(), [])
  await it.delivered(await it.open(), each(['a', 'b']))
})

product('a browser that is closed while the server is down', async it => {
  const profile = join(folder, 'closed')
  const first = it.use(await withProfile(profile))
  const page = await it.open('old', { context: first })
  await it.record(page, 'a')
  await it.delivered(page, { a: {} })
  const [{ visitor }] = await it.rows()
  await server.fault({ answer: 'closed' })
  await it.record(page, 'b')
  await first.close()
  await server.fault()
  const second = it.use(await withProfile(profile))
  await it.delivered(await it.open('old', { context: second }), each(['a', 'b']))
  assert.deepEqual((await it.rows()).map(row => row.visitor), [visitor, visitor])
})

product('three tabs', async it => {
  const pages = [await it.open(), await it.open(), await it.open()]
  await server.fault({ answer: 'closed' })
  const labels = pages.flatMap((_, tab) => Array.from({ length: 50 }, (_, n) => `${tab}-${n}`))
  const of = tab => labels.filter(label => label.startsWith(`${tab}-`))
  await Promise.all(pages.map((page, tab) => it.record(page, ...of(tab))))
  await Promise.all(pages.map(flush))
  await pages[0].close()
  await server.fault({ before: 50 })
  const fourth = await it.open()
  await it.delivered(fourth, each(labels))
  // Tabs that draw an anonymous id at the same moment agree on one of them.
  const after = ['after 1', 'after 2', 'after 3']
  for (const [n, page] of [pages[1], pages[2], fourth].entries()) {
    await it.record(page, after[n])
    await flush(page)
  }
  await it.delivered(fourth, each([...labels, ...after]))
  const visitors = (await it.rows()).filter(({ label }) => after.includes(label)).map(({ visitor }) => visitor)
  assert.ok(visitors[0])
  assert.deepEqual(visitors, Array(3).fill(visitors[0]))
})

product('two versions of the front end', async it => {
  const [old, recent] = [await it.open('old'), await it.open('new')]
  await server.fault({ answer: 'closed' })
  await it.record(old, 'old')
  await it.record(recent, 'new')
  await Promise.all([old, recent].map(flush))
  await old.close()
  await server.fault()
  const third = await it.open('new')
  await it.record(third, 'third')
  await it.delivered(third, { old: {}, new: { version: VERSIONS.new }, third: { version: VERSIONS.new } })
})

product('the back/forward cache', async it => {
  const page = await it.open()
  const labels = []
  for (const fault of [{}, { before: 1000 }, { after: 1000 }]) {
    await server.fault(fault)
    const label = JSON.stringify(fault)
    labels.push(label, label + ' after')
    await it.record(page, label)
    await page.goto(`${server.base}/pages/old/second`)
    await page.goBack({ waitUntil: 'commit' }).catch(() => {})
    await until(() => page.evaluate(() => window.product?.restored === true))
    await it.record(page, label + ' after')
    await server.fault()
    await until(async () => (await stored(page)) === 0)
    await page.evaluate(() => (window.product.restored = false))
  }
  await it.delivered(page, each(labels))
})
