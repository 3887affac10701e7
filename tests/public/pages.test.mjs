// Opens the pages that `pings store publish` wrote to the folder PUBLIC in Chromium.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'

const require = createRequire(join(process.cwd(), 'package.json'))
const { chromium } = require('playwright-core')
const axe = require('axe-core')

const PAGES = ['index.html', 'note_saved.html', 'note_opened.html']
const address = path => pathToFileURL(join(process.env.PUBLIC, path)).href

let browser
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] })
})
after(() => browser.close())

async function opened(path, options = {}) {
  const page = await browser.newPage(options)
  const problems = []
  page.on('console', message => problems.push(message.text()))
  await page.goto(address(path))
  return { page, problems }
}

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing, ${colorScheme}`, async () => {
    for (const path of PAGES) {
      const { page, problems } = await opened(path, { colorScheme })
      assert.deepEqual(problems, [], path)
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => axe.run())
      assert.deepEqual(violations.map(it => [it.id, it.nodes.map(node => node.html)]), [], path)
      await page.close()
    }
  })
}

test('pages fit a screen of 320 pixels, and print everything', async () => {
  for (const path of PAGES) {
    const { page } = await opened(path, { viewport: { width: 320, height: 640 } })
    const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    assert.ok(content <= screen, `${path} is ${content} pixels wide`)
    await page.emulateMedia({ media: 'print' })
    assert.ok(await page.locator('table').first().isVisible())
    await page.close()
  }
})

test('without a script, the index leads to the numbers and the picture', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(address('index.html'))
  assert.equal(await page.locator('script').count(), 0)
  await page.getByRole('link', { name: 'Notes opened' }).click()
  await page.getByRole('img').scrollIntoViewIfNeeded()
  const box = await page.getByRole('img').boundingBox()
  assert.ok(box.width > 300 && box.height > 150)
  assert.ok(await page.getByRole('link', { name: 'CSV' }).isVisible())
  await context.close()
})
