// Runs the example package in Chromium against a server that notes ids, as the ingest endpoint does.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { buildSync } from 'esbuild'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const script = buildSync({
  stdin: {
    contents: `import * as pings from './index.js'; window.handle = pings.start({ version: '5.2.1' }); window.pings = pings;
      addEventListener('pageshow', event => (window.restored = event.persisted))`,
    resolveDir: fileURLToPath(new URL('../../example/', import.meta.url)),
  },
  bundle: true, minify: true, write: false, target: 'es2020',
}).outputFiles[0].text

const events = new Map()
let requests
/** `lost` writes the events and drops the connection; `down` drops it at once. */
let mode
let browser, context, base
const server = createServer((request, response) => {
  if (request.url === '/script.js') {
    response.writeHead(200, { 'content-type': 'text/javascript' })
    return response.end(script)
  }
  if (request.method !== 'POST') {
    // The strictest policies that a product may have.
    response.writeHead(200, {
      'content-type': 'text/html',
      'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'",
      'referrer-policy': 'no-referrer',
    })
    return response.end('<script type="application/json" id="pings">{"url":"/-/pings","consent":"granted","anonymous":"week"}</script><script src="/script.js"></script>')
  }
  let body = ''
  request.on('data', data => (body += data))
  request.on('end', () => {
    requests.push(request.headers)
    if (mode === 'down') return request.socket.destroy()
    const answer = { accepted: 0, duplicates: 0, refused: [] }
    for (const event of JSON.parse(body).events) {
      events.has(event.id) ? answer.duplicates++ : answer.accepted++
      events.set(event.id, event)
    }
    if (mode === 'lost') return request.socket.destroy()
    response.writeHead(200, { 'content-type': 'application/json' })
    setTimeout(() => response.end(JSON.stringify(answer)), mode === 'slow' ? 1500 : 5)
  })
})

before(async () => {
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${server.address().port}`
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--enable-features=BackForwardCache', '--host-resolver-rules=MAP intranet.test 127.0.0.1'],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
})
beforeEach(async () => {
  await context?.close()
  context = await browser.newContext()
  events.clear()
  requests = []
  mode = 'ok'
})
after(async () => {
  await browser.close()
  server.close()
  server.closeAllConnections()
})

async function open(path = '/', origin = base) {
  const page = await context.newPage()
  await page.goto(origin + path)
  return page
}
const record = (page, tab) => page.evaluate(tabName => window.pings.insightsGetStartedTabClick({ tabName }), tab)
const arrived = () => [...events.values()].map(({ args }) => args.tabName).sort()
const storedEvents = page => page.evaluate(() => Object.values(localStorage).filter(value => value[0] === '{').length)

/** Waits until `condition` holds. */
async function until(condition) {
  const deadline = Date.now() + 60000
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `timed out: ${condition}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

test('events arrive under a strict policy, with an origin and without a referrer', async () => {
  const page = await open('/secret?q=1')
  await record(page, 'a')
  await until(() => events.size === 1)
  await until(async () => (await storedEvents(page)) === 0)
  assert.equal(requests[0].origin, base)
  assert.equal(requests[0]['sec-fetch-site'], 'same-origin')
  assert.equal(requests[0].referer, undefined)
  assert.match(requests[0]['content-type'], /^text\/plain/)
})

test('a tab that is closed at once delivers its event', async () => {
  const page = await open()
  await record(page, 'a')
  await page.close({ runBeforeUnload: true })
  await until(() => events.size === 1)
})

test('an event whose answer was lost is sent again by the next page and counted once', async () => {
  mode = 'lost'
  const page = await open()
  await record(page, 'a')
  await page.goto(base + '/next')
  await until(() => requests.length > 0)
  mode = 'ok'
  await page.goto(base + '/last')
  await until(async () => (await storedEvents(page)) === 0)
  assert.deepEqual(arrived(), ['a'])
})

test('three tabs deliver each event, and a fourth adopts what a closed tab left', async () => {
  mode = 'down'
  const pages = [await open(), await open(), await open()]
  for (const [i, page] of pages.entries()) for (let n = 0; n < 5; n++) await record(page, `${i}-${n}`)
  await until(() => requests.length > 0)
  await pages[0].close()
  mode = 'ok'
  const fourth = await open()
  await Promise.all(pages.slice(1).map(page => page.evaluate(() => dispatchEvent(new Event('online')))))
  await until(async () => (await storedEvents(fourth)) === 0)
  assert.equal(new Set(arrived()).size, 15)
  assert.equal(arrived().length, 15)
})

test('the page stays in the back/forward cache, also while a request is on its way', async () => {
  for (const next of ['ok', 'slow']) {
    mode = next
    const page = await open('/first')
    await until(() => page.evaluate(async () => (await navigator.locks.query()).held.length > 0))
    await record(page, next)
    await page.goto(base + '/second')
    await page.goBack({ waitUntil: 'commit' }).catch(() => {})
    await until(() => page.evaluate(() => window.restored === true))
    mode = 'ok'
    await record(page, next + ' after')
    await until(async () => (await storedEvents(page)) === 0)
    await page.close()
  }
  assert.deepEqual(arrived(), ['ok', 'ok after', 'slow', 'slow after'])
})

test('consent that is withdrawn in one tab empties the storage and stops the other tabs', async () => {
  const [first, second] = [await open(), await open()]
  mode = 'down'
  await record(first, 'a')
  await first.evaluate(() => window.handle.consent('denied'))
  await until(async () => {
    await record(second, 'b')
    return (await second.evaluate(() => localStorage.length)) === 0
  })
  mode = 'ok'
  await first.evaluate(() => window.handle.consent('granted'))
  await record(first, 'c')
  await until(() => events.size > 0)
  assert.deepEqual(arrived(), ['c'])
})

test('over plain HTTP, without Web Locks, each event is counted once', async () => {
  const intranet = base.replace('127.0.0.1', 'intranet.test')
  mode = 'down'
  const pages = [await open('/', intranet), await open('/', intranet)]
  assert.equal(await pages[0].evaluate(() => isSecureContext || 'locks' in navigator), false)
  await record(pages[0], 'a')
  await record(pages[1], 'b')
  await until(() => requests.length > 1)
  await pages[0].close()
  mode = 'ok'
  const third = await open('/', intranet)
  await until(async () => (await storedEvents(third)) === 0)
  assert.deepEqual(arrived(), ['a', 'b'])
  assert.equal(requests.at(-1).origin, intranet)
})
