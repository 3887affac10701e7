// Opens the pages of a catalogue in Chromium: accessibility, search, filters, and pages without a script.
// CATALOGUE is the folder of the site, HOSTILE that of one whose texts try to be markup, LARGE that of one with many pings.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { extname, join, normalize } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { pathToFileURL } from 'node:url'

const require = createRequire(join(process.cwd(), 'package.json'))
const { chromium } = require('playwright-core')
const axe = require('axe-core')

const { CATALOGUE, HOSTILE, LARGE } = process.env
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json' }
/** A page of each kind. */
const PAGES = [
  'index.html',
  'pings/insight_changes.html',
  'pings/org_visible_insights.html',
  'pings/creation_funnels.html',
  'events/index.html',
  'events/insight_hover.html',
  'tables/index.html',
  'tables/insight_view.html',
  'owners/index.html',
  'releases/index.html',
  'releases/3.31.html',
]

let browser, server, base
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] })
  server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, 'http://x').pathname)
    const text = await readFile(join(CATALOGUE, path)).catch(() => undefined)
    response.writeHead(text ? 200 : 404, {
      'content-type': TYPES[extname(path)] || 'text/plain',
      // The strictest policy that a server may add.
      'content-security-policy': "default-src 'none'; style-src 'self'; script-src 'self'",
    })
    response.end(text)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${server.address().port}/`
})
after(async () => {
  await browser.close()
  server.close()
})

async function opened(path, options = {}) {
  const page = await browser.newPage(options)
  const problems = []
  page.on('console', message => ['error', 'warning'].includes(message.type()) && problems.push(message.text()))
  page.on('pageerror', error => problems.push(error.message))
  page.on('request', request => new URL(request.url()).origin === new URL(base).origin || problems.push(request.url()))
  await page.goto(base + path)
  return { page, problems }
}

const visible = page => page.locator('tr[data-text]:visible').count()

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing on any kind of page, ${colorScheme}`, async () => {
    for (const path of PAGES) {
      const { page, problems } = await opened(path, { colorScheme })
      assert.ok(await page.locator('h1').count(), path)
      for (const details of await page.locator('details').all()) await details.evaluate(it => (it.open = true))
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => axe.run())
      assert.deepEqual(violations.map(it => [it.id, it.nodes.map(node => node.html)]), [], path)
      assert.deepEqual(problems, [], path)
      await page.close()
    }
  })
}

test('search and filters show the pings that match, and the address keeps them', async () => {
  const { page, problems } = await opened('index.html')
  const all = await visible(page)
  assert.equal(all, 17)
  await page.keyboard.press('Tab')
  await page.getByLabel('Search').fill('insight_view')
  const found = await visible(page)
  assert.ok(found > 0 && found < all, `${found} pings read the table`)
  await page.getByLabel('Search').fill('')
  await page.getByLabel('Sent by version').fill('3.33')
  assert.equal(await visible(page), 10)
  assert.match(await page.locator('tr[data-text]').first().innerText(), /Broken in 3.33: does not count backend insights/)
  await page.getByLabel('Type').selectOption('BE capture')
  assert.equal(await visible(page), 2)
  assert.match(page.url(), /\?type=BE\+capture&version=3\.33$/)
  const shared = await opened(page.url().slice(base.length))
  assert.equal(await visible(shared.page), 2)
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.waitForFunction(() => document.getElementById('found').textContent === '17 of 17 pings')
  assert.match(await page.locator('tr[data-text]').first().innerText(), /Working\s+except in 3.31-3.35.0/)
  await page.getByLabel('Sent by version').fill('newest')
  assert.match(await page.locator('#found').innerText(), /is not a version/)
  assert.deepEqual(problems, [])
})

test('the keyboard reaches the search, the filters and the first ping', async () => {
  const { page } = await opened('index.html')
  const seen = []
  for (let i = 0; i < 25 && !seen.includes('Hovers count'); i++) {
    await page.keyboard.press('Tab')
    seen.push(await page.evaluate(() => document.activeElement.name || document.activeElement.textContent.trim()))
  }
  for (const name of ['Skip to the content', 'Events', 'q', 'type', 'version', 'Hovers count']) assert.ok(seen.includes(name), `${name}: ${seen}`)
})

test('pages fit a screen of 320 pixels, which is 400 % of one of 1,280', async () => {
  for (const path of PAGES) {
    const { page } = await opened(path, { viewport: { width: 320, height: 640 } })
    const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    assert.ok(content <= screen, `${path} is ${content} pixels wide`)
    await page.close()
  }
})

test('without JavaScript, and from a folder, everything is there', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(pathToFileURL(join(CATALOGUE, 'index.html')).href)
  assert.equal(await visible(page), 17)
  assert.ok(await page.locator('form').isHidden())
  await page.getByRole('link', { name: 'Hovers count', exact: true }).click()
  assert.match(await page.locator('h1').innerText(), /Hovers count/)
  assert.ok(await page.getByText('SQL for PostgreSQL').isVisible())
  await context.close()
  // The policy of the page allows the style sheet and the script of the folder.
  const styled = await browser.newPage()
  await styled.goto(pathToFileURL(join(CATALOGUE, 'index.html')).href)
  assert.equal(await styled.locator('main').evaluate(it => getComputedStyle(it).maxWidth), '1152px')
  assert.ok(await styled.locator('form').isVisible())
  await styled.close()
})

test('a printed page has no search and no buttons', async () => {
  const { page } = await opened('pings/insight_hovers.html')
  assert.ok(await page.locator('.copy').last().isVisible())
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.locator('.copy:visible').count(), 0)
  assert.equal(await page.locator('header nav').isVisible(), false)
})

test('hostile text is text on every page, fits a small screen, and loads nothing', async () => {
  const files = (await readdir(HOSTILE, { recursive: true })).filter(path => path.endsWith('.html'))
  assert.ok(files.length > 15, `${files.length} pages`)
  const page = await browser.newPage({ viewport: { width: 320, height: 640 } })
  const problems = []
  page.on('console', message => ['error', 'warning'].includes(message.type()) && problems.push(message.text()))
  page.on('pageerror', error => problems.push(error.message))
  page.on('dialog', dialog => (problems.push(dialog.message()), dialog.dismiss()))
  page.on('request', request => request.url().startsWith('file:') || problems.push(request.url()))
  for (const path of files) {
    await page.goto(pathToFileURL(join(HOSTILE, path)).href)
    for (const details of await page.locator('details').all()) await details.evaluate(it => (it.open = true))
    assert.equal(await page.locator('main b, main i, main u, main img, body script, [onclick]').count(), 0, path)
    assert.equal(await page.locator('a[href^="javascript"]').count(), 0, path)
    // Code that people copy is complete. Its blocks keep the direction to themselves.
    const spoilt = await page.evaluate(() => {
      const copy = document.documentElement.cloneNode(true)
      for (const block of copy.querySelectorAll('pre')) block.remove()
      return copy.outerHTML.includes('\u202e')
    })
    assert.ok(!spoilt, path)
    const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    assert.ok(content <= screen, `${path} is ${content} pixels wide`)
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate(() => axe.run({ preload: false }))
    assert.deepEqual(violations.map(it => [it.id, it.nodes.map(node => node.html)]), [], path)
    assert.deepEqual(problems, [], path)
  }
  await page.goto(pathToFileURL(join(HOSTILE, 'index.html')).href)
  await page.getByLabel('Search').fill('alert(1)')
  assert.equal(await visible(page), 2)
  await page.close()
})

test('the search of many pings answers at once', { skip: !LARGE }, async t => {
  const index = await readFile(join(LARGE, 'index.html'))
  const compressed = gzipSync(index).length
  const page = await browser.newPage()
  await page.goto(pathToFileURL(join(LARGE, 'index.html')).href)
  const times = await page.evaluate(async () => {
    const box = document.querySelector('[name=q]')
    const times = []
    for (const text of ['ping', 'ping 99', 'event_1234', 'no such ping', '7', '']) {
      const start = performance.now()
      box.value = text
      box.dispatchEvent(new Event('input', { bubbles: true }))
      // Reading the height waits for the layout.
      document.body.offsetHeight
      times.push(performance.now() - start)
    }
    return times
  })
  t.diagnostic(`index ${Math.round(compressed / 1024)} KiB compressed, searches ${times.map(Math.round).join(', ')} ms`)
  assert.ok(compressed < 1e6, `the index has ${compressed} bytes`)
  // No timing is asserted: the machine may be busy.
  const [, matches, all] = (await page.locator('#found').innerText()).match(/^(\d+) of (\d+) pings$/)
  assert.equal(matches, all)
  assert.equal(await visible(page), 200)
  await page.getByRole('button', { name: `Show all ${all}` }).click()
  assert.equal(await visible(page), +all)
  await page.close()
})
