// A server and a browser for all cases, and the labels by which each case finds its rows.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { privately } from './browser.mjs'
import { buildAll, VERSIONS } from './frontend/build.mjs'
import { Server } from './server.mjs'

/** A folder for the files of all cases. */
export const folder = mkdtempSync(join(tmpdir(), 'pings-product-'))
export const server = new Server(folder)
let browser
/** The rows that each case left, as text. */
const left = new Map()

before(async () => {
  await buildAll(folder)
  ;[browser] = await Promise.all([privately(), server.start()])
})
after(async () => {
  await browser?.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Waits until `condition` holds. */
export async function until(condition, milliseconds = 20000) {
  const deadline = Date.now() + milliseconds
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `timed out: ${condition}`)
    await sleep(40)
  }
}

export const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

/** The rows of labels in their order, with the parts that tests compare. */
const summary = rows => rows.map(({ label, user, version }) => `${label} of ${user} in ${version}`).sort()

/** A case with labels of its own. Its windows share a storage. */
class Case {
  #name
  #contexts = []
  /** The private window of the case. */
  context

  constructor(name) {
    this.#name = name
  }

  async prepare() {
    await server.fault()
    this.context = await this.window()
  }

  async close() {
    for (const context of this.#contexts) await context.close().catch(() => {})
  }

  /** Opens a private window with a storage of its own. */
  async window(options) {
    return this.use(await browser.newContext(options))
  }

  /** Closes a window at the end of the case. */
  use(context) {
    this.#contexts.push(context)
    return context
  }

  /** Opens a page with a build of the front end, and waits until it can record. */
  async open(path = 'old', { context = this.context, base = server.base } = {}) {
    const page = await context.newPage()
    await page.goto(`${base}/pages/${path}`)
    await page.waitForFunction(() => window.product)
    return page
  }

  /** Records an event for each label, in one task of the page. */
  record(page, ...labels) {
    labels = labels.map(label => this.#label(label))
    return page.evaluate(labels => labels.forEach(label => window.product.record(label)), labels)
  }

  #label = label => `${this.#name}: ${label}`

  /** Returns the rows of this case, with their labels. */
  async rows() {
    const prefix = this.#label('')
    const own = (await server.rows()).filter(({ args }) => args.tabName?.startsWith(prefix))
    return own.map(({ args, ...row }) => ({ ...row, label: args.tabName.slice(prefix.length) }))
  }

  /**
   * Waits until the page has nothing to send, and compares the rows with what was recorded: `expected` has the
   * user and the version of each label.
   */
  async delivered(page, expected) {
    if (page) await until(async () => (await stored(page)) === 0)
    const rows = () => this.rows()
    const count = Object.keys(expected).length
    await until(async () => (await rows()).length >= count)
    const found = summary(await rows())
    const full = Object.entries(expected).map(([label, { user = 0, version = VERSIONS.old }]) => ({ label, user, version }))
    assert.deepEqual(found, summary(full))
    left.set(this.#name, { found, rows })
  }
}

/** The expected rows of labels that one user recorded with one build. */
export const each = (labels, row = {}) => Object.fromEntries(labels.map(label => [label, row]))

/** Returns how many events are in the storage of a page. */
export const stored = page => page.evaluate(() => Object.values(localStorage).filter(value => value[0] === '{').length)

/** Lets the page send now, and waits until it did. */
export const flush = page => page.evaluate(() => window.product.handle.flush())

/** Defines a case. */
export function product(name, run) {
  test(name, { timeout: 60000 }, async () => {
    const it = new Case(name)
    await it.prepare()
    try {
      await run(it)
    } finally {
      await it.close()
    }
  })
}

/** Defines the last test: what arrived after the end of a case. */
export function nothingArrivesLater() {
  test('nothing arrives after the end of its case', async () => {
    assert.ok(left.size > 0)
    for (const { found, rows } of left.values()) assert.deepEqual(summary(await rows()), found)
  })
}
