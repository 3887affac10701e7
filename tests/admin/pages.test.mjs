// Opens the admin pages in Chromium: accessibility, small screens, and a switch without a script.
// ADMIN is the address with the one-time token. SHOTS is a folder for pictures, if any.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

const require = createRequire(join(process.cwd(), 'package.json'))
const { chromium } = require('playwright-core')
const axe = require('axe-core')

const { ADMIN, SHOTS } = process.env
const base = new URL('/', ADMIN).href
let browser, storageState, pages
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] })
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(ADMIN)
  assert.equal(page.url(), base, 'the token does not stay in the address')
  storageState = await context.storageState()
  await page.goto(base + 'sent')
  const payload = await page.locator('tbody a').first().getAttribute('href')
  pages = ['', 'this-week', 'last-week', 'sent', 'held-back', 'switches', 'health', payload]
  await context.close()
})
after(() => browser.close())

async function opened(path, options = {}) {
  const context = await browser.newContext({ storageState, ...options })
  const page = await context.newPage()
  const problems = []
  // A browser asks for an icon if the policy is bypassed.
  const isIcon = message => message.location().url.endsWith('/favicon.ico')
  page.on('console', message => ['error', 'warning'].includes(message.type()) && !isIcon(message) && problems.push(message.text()))
  page.on('pageerror', error => problems.push(error.message))
  page.on('dialog', dialog => problems.push(dialog.message()))
  page.on('request', request => new URL(request.url()).origin === new URL(base).origin || problems.push(request.url()))
  await page.goto(base + path)
  return { page, problems, context }
}

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing on any page, ${colorScheme}`, async () => {
    for (const path of pages) {
      // The policy forbids scripts, also that of axe.
      const { page, problems, context } = await opened(path, { colorScheme, bypassCSP: true })
      assert.ok(await page.locator('h1').count(), path)
      if (SHOTS) await page.screenshot({ path: join(SHOTS, `${path.split('?')[0] || 'overview'}-${colorScheme}.png`), fullPage: true })
      for (const details of await page.locator('details').all()) await details.evaluate(it => (it.open = true))
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => axe.run())
      assert.deepEqual(violations.map(it => [it.id, it.nodes.map(node => node.html)]), [], path)
      assert.deepEqual(problems, [], path)
      await context.close()
    }
  })
}

test('pages fit a screen of 320 pixels, which is 400 % of one of 1,280', async () => {
  for (const path of pages) {
    const { page, context } = await opened(path, { viewport: { width: 320, height: 640 } })
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `${path.split('?')[0] || 'overview'}-small.png`), fullPage: true })
    const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    assert.ok(content <= screen, `${path} is ${content} pixels wide`)
    await context.close()
  }
})

test('a printed page has no navigation and no buttons', async () => {
  const { page, context } = await opened('switches')
  assert.ok(await page.locator('button').first().isVisible())
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.locator('button:visible').count(), 0)
  assert.equal(await page.locator('header nav').isVisible(), false)
  await context.close()
})

test('without JavaScript, a switch is changed with the keyboard', async () => {
  const { page, context, problems } = await opened('switches', { javaScriptEnabled: false })
  const button = page.getByRole('button', { name: 'Set send to false' })
  await button.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Set send to true' }).waitFor()
  assert.equal(page.url(), base + 'switches')
  await page.getByRole('link', { name: 'Overview' }).click()
  assert.match(await page.locator('.lead').innerText(), /^Nothing leaves this instance: sending is switched off \(.*pings-config.yaml:2\)\.$/)
  assert.deepEqual(problems, [])
  await context.close()
})

test('without the cookie, nothing is shown', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const response = await page.goto(base)
  assert.equal(response.status(), 401)
  await context.close()
})
