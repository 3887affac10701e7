// Opens the dashboard of a store in Chromium: signing in, accessibility, keyboard, zoom, print, no script, hostile texts.
// DASHBOARD is the address of a store with numbers and the token `reader`, OFF that of one without a token.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

const require = createRequire(join(process.cwd(), 'package.json'))
const { chromium } = require('playwright-core')
const axe = require('axe-core')

const { DASHBOARD, OFF } = process.env
/** A page of each kind, and the pages of the registry with hostile texts. */
const PAGES = [
  '/?registry=code_insights',
  '/series/code_insights/InsightAddition',
  '/series/code_insights/InsightHover?by=insightType&weeks=12',
  '/series/code_insights/SearchInsightFunnel?by=step&show=conversion',
  '/series/code_insights/InsightAddition?by=version&weeks=12',
  '/series/code_insights/InsightAddition?by=plan&show=mean',
  '/alarms?registry=code_insights',
  '/alarms?registry=hostile',
  '/versions?registry=code_insights',
  '/impact?registry=code_insights',
  '/impact/code_insights/InsightAddition',
  '/doctor?registry=code_insights',
  '/instances',
  '/received',
  '/?registry=hostile',
  '/series/hostile/Clicks?by=kind',
  '/series/hostile/Clicks',
  '/impact/hostile/Clicks',
  '/series/code_insights/Nothing',
]

let browser
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] })
})
after(() => browser.close())

/** Opens a page, signed in unless `token` is empty. */
async function opened(path, { token = 'reader', ...options } = {}) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const problems = []
  page.on('console', message => {
    // A page that says that there is no such code has the status 404.
    if (['error', 'warning'].includes(message.type()) && !/status of 404/.test(message.text())) problems.push(message.text())
  })
  page.on('pageerror', error => problems.push(error.message))
  page.on('dialog', dialog => (problems.push(dialog.message()), dialog.dismiss()))
  page.on('request', request => new URL(request.url()).origin === DASHBOARD || problems.push(request.url()))
  await page.goto(DASHBOARD + path)
  if (token) {
    await page.getByLabel('Token for reading').fill(token)
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
  }
  return { page, problems }
}

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing on any page, and no text becomes markup, ${colorScheme}`, async () => {
    const { page, problems } = await opened('/', { colorScheme })
    for (const path of PAGES) {
      await page.goto(DASHBOARD + path)
      assert.equal(await page.locator('h1').count(), 1, path)
      for (const details of await page.locator('details').all()) await details.evaluate(it => (it.open = true))
      assert.equal(await page.locator('script, img, main b').count(), 0, path)
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate(() => axe.run())
      assert.deepEqual(violations.map(it => [it.id, it.nodes.map(node => node.html)]), [], path)
      assert.deepEqual(problems, [], path)
    }
    await page.context().close()
  })
}

test('a reader signs in, is led back, and signs out', async () => {
  const { page } = await opened('/versions?weeks=7', { token: 'wrong' })
  assert.match(await page.getByRole('alert').innerText(), /The token is wrong/)
  await page.getByLabel('Token for reading').fill('reader')
  await page.getByRole('button', { name: 'Sign in' }).click()
  assert.equal(page.url(), DASHBOARD + '/versions?weeks=7')
  assert.equal(await page.evaluate(() => document.cookie), '', 'no script reads the cookie')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.goto(DASHBOARD + '/versions')
  assert.match(page.url(), /sign-in/)
  await page.goto(OFF)
  assert.match(await page.locator('main').innerText(), /--registry pings.yaml/)
  await page.context().close()
})

test('the keyboard leads from the first page to the numbers of a code, without JavaScript', async () => {
  const { page } = await opened('/?registry=code_insights', { javaScriptEnabled: false })
  await page.getByRole('link', { name: 'InsightHover', exact: true }).press('Enter')
  await page.waitForURL(/InsightHover/)
  await page.locator('select[name=by]').selectOption('insightType')
  await page.getByRole('button', { name: 'Show' }).press('Enter')
  await page.waitForURL(/by=insightType/)
  assert.ok(await page.getByRole('columnheader', { name: 'searchInsights' }).isVisible())
  const csv = await page.request.get(DASHBOARD + (await page.getByRole('link', { name: 'CSV' }).getAttribute('href')))
  assert.equal(csv.headers()['content-type'], 'text/csv; charset=utf-8')
  assert.match(await csv.text(), /^Week,.*searchInsights/)
  await page.context().close()
})

test('pages fit a screen of 320 pixels, which is 400 % of one of 1,280, and print', async () => {
  const { page } = await opened('/', { viewport: { width: 320, height: 640 } })
  for (const path of PAGES) {
    await page.goto(DASHBOARD + path)
    const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    assert.ok(content <= screen, `${path} is ${content} pixels wide`)
  }
  await page.setViewportSize({ width: 1000, height: 1000 })
  await page.goto(DASHBOARD + '/series/code_insights/InsightAddition')
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.locator('header nav').isVisible(), false)
  assert.equal(await page.locator('form:visible').count(), 0)
  assert.ok(await page.locator('figure svg').isVisible())
  await page.context().close()
})

for (const path of ['/series/code_insights/InsightHover', '/series/code_insights/InsightAddition?by=size']) {
  test(`the chart of ${path} draws the numbers of its table`, async () => {
    const { page } = await opened(path)
    const { points, columns } = await page.evaluate(() => {
      const last = [...document.querySelectorAll('main .wide table')].at(-1)
      const rows = [...last.querySelectorAll('tbody tr')].filter(row => !/incomplete/.test(row.innerText))
      const heads = [...last.querySelectorAll('thead th')].map(it => it.innerText)
      // The columns that are drawn: the groups, or else the first measure.
      const groups = heads.map((_, place) => place).filter(place => heads.includes(`instances ${heads[place]}`))
      const numbers = place => rows.map(row => row.cells[place].innerText.replaceAll(',', '')).filter(it => it !== '–').map(Number)
      return {
        points: [...document.querySelectorAll('figure svg circle')].map(it => +it.getAttribute('cy')),
        columns: (groups.length ? groups : [1]).map(numbers),
      }
    })
    const numbers = columns.flat()
    assert.ok(numbers.length > 5 && points.length >= numbers.length, `${points.length} points, ${numbers.length} numbers`)
    // The lines of the table are drawn last. The heights are a linear function of the numbers.
    const heights = points.slice(-numbers.length)
    const [low, high] = [numbers.indexOf(Math.min(...numbers)), numbers.indexOf(Math.max(...numbers))]
    const slope = (heights[high] - heights[low]) / (numbers[high] - numbers[low])
    assert.ok(slope < 0)
    numbers.forEach((number, place) => {
      const expected = heights[low] + slope * (number - numbers[low])
      assert.ok(Math.abs(heights[place] - expected) <= 1.5, `${number} is drawn at ${heights[place]} instead of ${expected}`)
    })
    await page.context().close()
  })
}
