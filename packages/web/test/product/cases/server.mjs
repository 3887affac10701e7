// A server that is killed, restarted, or slow.
import assert from 'node:assert/strict'
import { each, flush, product, server, sleep, stored, until } from '../world.mjs'

product('a server that is killed before it commits, and after it', async it => {
  const page = await it.open()
  await server.fault({ before: 60000 })
  await it.record(page, 'before')
  await page.evaluate(() => void window.product.handle.flush())
  await until(async () => (await server.requests()).some(({ status }) => status === null))
  assert.deepEqual(await it.rows(), [])
  await server.kill()
  await server.start()
  await it.delivered(page, { before: {} })
  await server.fault({ after: 60000 })
  await it.record(page, 'after')
  await page.evaluate(() => void window.product.handle.flush())
  await until(async () => (await it.rows()).length === 2)
  assert.equal(await stored(page), 1)
  await server.kill()
  await server.start()
  await it.delivered(page, each(['before', 'after']))
})

product('a server that is down and comes back', async it => {
  const pages = [await it.open(), await it.open()]
  await server.kill()
  await it.record(pages[0], 'a', 'b')
  await it.record(pages[1], 'c')
  await Promise.all(pages.map(flush))
  await it.record(pages[1], 'd')
  await server.start()
  await Promise.all(pages.map(page => until(async () => (await stored(page)) === 0)))
  await it.delivered(pages[0], each(['a', 'b', 'c', 'd']))
})

product('kills and restarts while three tabs record', async it => {
  const pages = [await it.open(), await it.open(), await it.open('new')]
  const labels = []
  for (let round = 0; round < 4; round++) {
    for (const [tab, page] of pages.entries()) {
      const label = `${round}-${tab}`
      labels.push(label)
      await it.record(page, label, label + '+')
      await page.evaluate(() => void window.product.handle.flush())
      if (tab === round) await sleep(round * 5)
    }
    if (round % 2) assert.equal(await server.stop(), 0)
    else await server.kill()
    await server.start()
  }
  await Promise.all(pages.map(page => page.evaluate(() => dispatchEvent(new Event('online')))))
  await until(async () => (await stored(pages[0])) === 0)
  const rows = labels.flatMap(label => {
    const row = { version: label.endsWith('2') ? '5.3.0' : '5.2.1' }
    return [[label, row], [label + '+', row]]
  })
  await it.delivered(pages[0], Object.fromEntries(rows))
})

product('a slow server', async it => {
  const page = await it.open()
  await server.fault({ before: 800, after: 700 })
  await it.record(page, 'a', 'b')
  await page.evaluate(() => void window.product.handle.flush())
  await sleep(200)
  await it.record(page, 'c')
  await it.delivered(page, each(['a', 'b', 'c']))
})
