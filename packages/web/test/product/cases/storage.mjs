// Storage that is denied, full or cleared, and private windows.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { withProfile } from '../browser.mjs'
import { each, flush, folder, product, server, stored } from '../world.mjs'

const BLOCK = 2

product('localStorage that the browser denies', async it => {
  const settings = { profile: { default_content_setting_values: { cookies: BLOCK } } }
  const context = it.use(await withProfile(join(folder, 'denied'), settings))
  const page = await it.open('old', { context })
  const error = await page.evaluate(() => {
    try {
      return String(localStorage)
    } catch ({ name }) {
      return name
    }
  })
  assert.equal(error, 'SecurityError')
  await server.fault({ answer: 'lost' })
  await it.record(page, 'a')
  await flush(page)
  await it.record(page, 'b')
  await server.fault()
  await page.close({ runBeforeUnload: true })
  // The page that leaves does not ask a server that failed again, so the answer of another page would be needed.
  await it.delivered(undefined, { a: {} })
  const other = await it.open('old', { context })
  await it.record(other, 'c')
  await other.close({ runBeforeUnload: true })
  await it.delivered(undefined, each(['a', 'c']))
  assert.deepEqual((await it.rows()).map(row => row.visitor), ['', ''])
})

product('localStorage that is full', async it => {
  const page = await it.open()
  const size = await page.evaluate(() => {
    for (let unit = 2 ** 20; unit >= 1; unit /= 2) {
      for (let n = 0; ; n++) {
        try {
          localStorage.setItem(`${unit}-${n}`, 'x'.repeat(unit))
        } catch {
          break
        }
      }
    }
    return Object.values(localStorage).join('').length
  })
  assert.ok(size > 4e6, `${size}`)
  await server.fault({ answer: 'lost' })
  await it.record(page, 'a')
  await flush(page)
  assert.equal(await stored(page), 0)
  await it.record(page, 'b')
  await server.fault()
  await flush(page)
  await it.delivered(page, each(['a', 'b']))
  assert.deepEqual((await it.rows()).map(row => row.visitor), ['', ''])
})

product('localStorage that is cleared in between', async it => {
  const [page, other] = [await it.open(), await it.open()]
  await server.fault({ answer: 'lost' })
  await it.record(page, 'a')
  await flush(page)
  await it.record(page, 'b')
  await other.evaluate(() => localStorage.clear())
  await it.record(page, 'c')
  assert.equal(await stored(page), 1)
  await server.fault()
  await flush(page)
  await it.delivered(page, each(['a', 'b', 'c']))
})

product('private windows', async it => {
  const windows = [it.context, await it.window()]
  for (const [n, context] of windows.entries()) {
    const page = await it.open('old', { context })
    await it.record(page, `${n}`)
    await flush(page)
    await it.record(page, `${n} at the end`)
    await page.close({ runBeforeUnload: true })
  }
  await it.delivered(undefined, each(['0', '0 at the end', '1', '1 at the end']))
  const rows = await it.rows()
  assert.ok(rows.every(({ visitor }) => visitor))
  assert.equal(new Set(rows.map(({ visitor }) => visitor)).size, 2)
})
