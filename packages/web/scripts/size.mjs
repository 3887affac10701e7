// Measures what a product's bundle grows by, and fails above the budget.
import { build } from 'esbuild'
import { gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'

const example = fileURLToPath(new URL('../example/', import.meta.url))

/** The bytes of an entry file after minification and gzip -9. */
async function size(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: example },
    bundle: true, minify: true, write: false, format: 'esm', target: 'es2020', external: ['react'],
  })
  return gzipSync(outputFiles[0].contents, { level: 9 }).length
}

/** The bytes of a product that starts the client and calls these functions. */
const calls = (names, more = '') =>
  size(`import { start, ${names} } from './index.js'; start({ version: '1' }); ${names.map(name => `${name}(window.x)`).join(';')}; ${more}`)

const functions = ['insightAddition', 'insightHover', 'insightsPageView', 'insightsGetStartedTabClick']
const dynamic = await calls(['record'])
const one = await calls(functions.slice(0, 1))
const used = await calls(functions)
const namespace = await size(`import * as pings from './index.js'; pings.start({ version: '1' })`)
const none = await size(`import { start } from './index.js'; start({ version: '1' })`)

const rows = [
  ['core with record', dynamic, 2048],
  ['core with one event', one, 2048 + 20],
  ['each further event', (used - one) / (functions.length - 1), 20],
  ['unused events', namespace - none, 0],
  // What a bundle with the core grows by.
  ['react', (await calls(['record'], `import { useViewed, usePageView } from './react.js'; window.y = [useViewed, usePageView]`)) - dynamic, 410],
  ['dom', (await calls(['record'], `import { listen } from './dom.js'; listen()`)) - dynamic, 307],
]
let failed = false
for (const [name, bytes, budget] of rows) {
  const over = bytes > budget
  failed ||= over
  console.log(`${name.padEnd(20)} ${bytes.toFixed(0).padStart(5)} B  of ${budget} B${over ? '  OVER BUDGET' : ''}`)
}
process.exit(failed ? 1 : 0)
