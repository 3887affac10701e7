// Runs a product in Firefox through WebDriver BiDi. Not part of CI, since it needs Firefox and one more package:
//   npm install --no-save puppeteer-core
//   PINGS_PAGE=../../target/debug/page PINGS_DATABASE=sqlite:///tmp/firefox.db node scripts/firefox.mjs
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer from 'puppeteer-core'
import { buildAll, VERSIONS } from '../test/product/frontend/build.mjs'
import { Server } from '../test/product/server.mjs'

const folder = mkdtempSync(join(tmpdir(), 'pings-firefox-'))
const server = new Server(folder)
const launch = (extraPrefsFirefox = {}) =>
  puppeteer.launch({ browser: 'firefox', executablePath: process.env.FIREFOX || '/usr/bin/firefox-esr', extraPrefsFirefox })

async function until(condition) {
  const deadline = Date.now() + 30000
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `timed out: ${condition}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
async function open(context, path = 'old') {
  const page = await context.newPage()
  await page.goto(`${server.base}/pages/${path}`)
  await page.waitForFunction(() => window.product)
  return page
}
const record = (page, label) => page.evaluate(label => window.product.record(label), label)
const send = page => page.evaluate(() => void window.product.handle.flush())
const flush = page => page.evaluate(() => window.product.handle.flush())
const stored = page => page.evaluate(() => Object.values(localStorage).filter(value => value[0] === '{').length)
const expected = []
const labels = async () => (await server.rows()).map(({ args }) => args.tabName)

/** Waits until each label arrived, and checks that none arrived twice. */
async function arrived(...more) {
  expected.push(...more)
  await until(async () => (await labels()).length >= expected.length)
  assert.deepEqual((await labels()).sort(), [...expected].sort())
}

const cases = {
  async 'events arrive under a strict policy'(context) {
    const page = await open(context)
    await record(page, 'a')
    await arrived('a')
    await until(async () => (await stored(page)) === 0)
    const { origin, referer } = (await server.requests()).at(-1)
    assert.deepEqual([origin, referer], [server.base, null])
  },
  async 'a reload while a request is on its way'(context) {
    const page = await open(context)
    for (const [n, fault] of [{ before: 500 }, { after: 500 }].entries()) {
      await server.fault(fault)
      await record(page, `reload ${n}`)
      await send(page)
      await page.reload()
      await page.waitForFunction(() => window.product)
    }
    await server.fault()
    await until(async () => (await stored(page)) === 0)
    await arrived('reload 0', 'reload 1')
  },
  async 'a tab that is closed at once'(context) {
    const page = await open(context)
    await record(page, 'closed')
    await page.close()
    await arrived('closed')
  },
  async 'a server that is killed after the commit, and two versions'(context) {
    const [old, recent] = [await open(context), await open(context, 'new')]
    await server.fault({ after: 60000 })
    await record(old, 'killed')
    await record(recent, 'killed new')
    await Promise.all([send(old), send(recent)])
    await arrived('killed', 'killed new')
    await server.kill()
    await record(old, 'down')
    await old.close()
    await server.start()
    const third = await open(context, 'new')
    await arrived('down')
    await until(async () => (await stored(third)) === 0)
    const versions = (await server.rows()).filter(({ args }) => /killed|down/.test(args.tabName)).map(({ version }) => version)
    assert.deepEqual(versions.sort(), [VERSIONS.old, VERSIONS.old, VERSIONS.new].sort())
  },
  async 'an answer that is lost, and a page with 500'(context) {
    const page = await open(context)
    for (const answer of ['lost', 'page']) {
      await server.fault({ answer })
      await record(page, answer)
      await flush(page)
    }
    await server.fault()
    await arrived('lost', 'page')
    await until(async () => (await stored(page)) === 0)
  },
  async 'a user who signs in'(context) {
    const page = await open(context)
    await record(page, 'nobody')
    await page.evaluate(() => window.product.signIn(7))
    await record(page, 'user')
    await arrived('nobody', 'user')
    const users = (await server.rows()).filter(({ args }) => ['nobody', 'user'].includes(args.tabName)).map(({ user }) => user)
    assert.deepEqual(users, [0, 7])
  },
  async 'consent that is withdrawn'(context) {
    const page = await open(context)
    await server.fault({ answer: 'closed' })
    await record(page, 'withdrawn')
    await page.evaluate(() => window.product.consent('denied'))
    assert.equal(await page.evaluate(() => localStorage.length), 0)
    await server.fault()
    await record(page, 'denied')
    await flush(page)
    await arrived()
  },
  // Firefox does not keep a page that held a Web Lock until `pagehide`, so the page is loaded again.
  async 'back and forward'(context) {
    const page = await open(context)
    await record(page, 'first')
    await page.goto(`${server.base}/pages/old/second`)
    await page.goBack()
    await page.waitForFunction(() => window.product)
    await record(page, 'back')
    await arrived('first', 'back')
  },
}

await Promise.all([buildAll(folder), server.start()])
let browser = await launch()
console.log(await browser.version())
let failed = 0
/** Runs a case in a storage of its own. */
async function run(name, body) {
  const start = Date.now()
  const context = await browser.createBrowserContext()
  try {
    await server.fault()
    await body(context)
    console.log(`ok      ${name}, ${Date.now() - start} ms`)
  } catch (error) {
    failed++
    console.log(`FAILED  ${name}\n${error.stack}`)
  }
  await context.close()
}
for (const [name, body] of Object.entries(cases)) await run(name, body)
await browser.close()
browser = await launch({ 'privacy.globalprivacycontrol.enabled': true, 'privacy.globalprivacycontrol.functionality.enabled': true })
await run("Firefox's own Global Privacy Control", async context => {
  const page = await open(context)
  assert.equal(await page.evaluate(() => navigator.globalPrivacyControl), true)
  await record(page, 'controlled')
  await flush(page)
  assert.equal(await page.evaluate(() => localStorage.length), 0)
  await arrived()
})
await browser.close()
await server.stop()
rmSync(folder, { recursive: true })
process.exitCode = failed
