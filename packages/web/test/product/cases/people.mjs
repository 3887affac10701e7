// Users who sign in and out, agree and disagree.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { withProfile } from '../browser.mjs'
import { each, flush, folder, product, server, sleep } from '../world.mjs'

const consent = (page, to) => page.evaluate(to => window.product.consent(to), to)
const signIn = (page, user) => page.evaluate(user => window.product.signIn(user), user)
/** Returns the entries of the storage that belong to the client. */
const entries = page => page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('pings:')))

product('a user who signs in and out', async it => {
  const page = await it.open()
  await it.record(page, 'before')
  await signIn(page, 7)
  await it.record(page, 'as 7')
  await signIn(page, 8)
  await it.record(page, 'as 8')
  await signIn(page, 0)
  await it.record(page, 'after')
  await flush(page)
  await it.delivered(page, { before: {}, 'as 7': { user: 7 }, 'as 8': { user: 8 }, after: {} })
  const visitors = Object.fromEntries((await it.rows()).map(({ label, visitor }) => [label, visitor]))
  assert.ok(visitors.before)
  assert.deepEqual(visitors, { before: visitors.before, 'as 7': '', 'as 8': '', after: visitors.before })
})

product('a session that survives a kill of the server', async it => {
  const page = await it.open()
  await signIn(page, 9)
  await server.kill()
  await it.record(page, 'a')
  await flush(page)
  await server.start()
  await it.delivered(page, { a: { user: 9 } })
})

product('consent that is given, withdrawn and given', async it => {
  await it.context.addCookies([{ name: 'consent', value: 'ask', url: server.base }])
  const page = await it.open()
  const other = await it.open()
  await it.record(page, 'before')
  assert.deepEqual(await entries(page), [])
  await consent(page, 'granted')
  await it.record(page, 'granted')
  await flush(page)
  await it.delivered(page, { granted: {} })
  await server.fault({ answer: 'closed' })
  await it.record(page, 'waits')
  await consent(page, 'denied')
  await it.record(page, 'denied')
  await it.record(other, 'denied in the other tab')
  assert.deepEqual(await entries(page), [])
  await server.fault()
  await page.reload()
  await page.waitForFunction(() => window.product)
  await it.record(page, 'denied again')
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await flush(page)
  await sleep(300)
  await it.delivered(page, { granted: {} })
  await consent(page, 'granted')
  await it.record(page, 'granted again')
  await flush(page)
  await it.delivered(page, each(['granted', 'granted again']))
  const [first, second] = await it.rows()
  assert.ok(first.visitor && second.visitor && first.visitor !== second.visitor)
})

/** Checks that a page stores and sends nothing. */
async function recordsNothing(it, page) {
  const before = (await server.requests()).length
  await it.record(page, 'a')
  await consent(page, 'granted')
  await it.record(page, 'b')
  await flush(page)
  await page.goto(server.base + '/pages/old/second')
  assert.deepEqual(await entries(page), [])
  assert.equal((await server.requests()).length, before)
  assert.deepEqual(await it.rows(), [])
}

// Chromium does not have the setting of Global Privacy Control; extensions define the property in the same way.
product('Global Privacy Control', async it => {
  const define = () => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true })
  await it.context.addInitScript(define)
  await recordsNothing(it, await it.open())
})

product('Do Not Track', async it => {
  const context = it.use(await withProfile(join(folder, 'tracked'), { enable_do_not_track: true }))
  const page = await it.open('old', { context })
  assert.equal(await page.evaluate(() => navigator.doNotTrack), '1')
  await recordsNothing(it, page)
})
