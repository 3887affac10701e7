// Prints what one call of a generated function costs in Chromium while 500 events wait.
// Each call is timed alone, and the median is judged, so that other processes of the machine do not count.
import { buildSync } from 'esbuild'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const TARGET = 10
const code = buildSync({
  stdin: {
    contents: `export * from './index.js'; export { uuid } from './core/ids.js'`,
    resolveDir: fileURLToPath(new URL('../example/', import.meta.url)),
  },
  bundle: true, minify: true, write: false, format: 'iife', globalName: 'pings', target: 'es2020',
}).outputFiles[0].text

const server = createServer((_, response) => {
  // Isolated pages have a clock of 5 µs instead of 100 µs.
  response.writeHead(200, {
    'content-type': 'text/html',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  })
  response.end(`<script>${code}</script>`)
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] })
const page = await browser.newPage()
await page.goto(`http://127.0.0.1:${server.address().port}/`)

/** Runs in the page. Batches of four calls are timed, because the clock is coarse. */
async function measure() {
  window.fetch = () => new Promise(() => {})
  const handle = pings.start({ url: '/-/pings', version: '5.2.1' })
  // The browser process finishes its part of the preparation meanwhile.
  const pause = () => new Promise(resolve => setTimeout(resolve, 500))
  const sample = async (action, prepare) => {
    const times = []
    for (let round = 0; round < 12; round++) {
      prepare?.()
      await pause()
      for (let i = 0; i < 60; i++) {
        const start = performance.now()
        for (let j = 0; j < 4; j++) action(i * 4 + j)
        times.push(((performance.now() - start) * 1000) / 4)
      }
    }
    times.sort((a, b) => a - b)
    return { median: times[times.length >> 1], p95: times[Math.floor(times.length * 0.95)] }
  }
  const fill = () => {
    handle.consent('denied')
    handle.consent('granted')
    for (let i = 0; i < 500; i++) pings.insightHover({ insightType: 'searchInsights' })
  }
  const setItem = Storage.prototype.setItem
  const fillOnly = () => {
    Storage.prototype.setItem = setItem
    fill()
    Storage.prototype.setItem = () => {}
  }
  const text = 'x'.repeat(200)
  return {
    'one event, 500 wait': await sample(() => pings.insightHover({ insightType: 'searchInsights' }), fill),
    '… without localStorage': await sample(() => pings.insightHover({ insightType: 'searchInsights' }), fillOnly),
    // The browser copies each new text.
    'localStorage.setItem alone': await sample(i => localStorage.setItem('alone' + i, text + i), () => {
      Storage.prototype.setItem = setItem
      localStorage.clear()
    }),
    'the id alone': await sample(() => pings.uuid(Date.now())),
  }
}

const results = await page.evaluate(measure)
for (const [name, { median, p95 }] of Object.entries(results)) {
  console.log(`${name.padEnd(28)} median ${median.toFixed(1).padStart(6)} µs   p95 ${p95.toFixed(1).padStart(7)} µs`)
}
await browser.close()
server.close()
const { median } = results['one event, 500 wait']
if (median > TARGET) {
  console.error(`one event takes more than ${TARGET} µs`)
  process.exit(1)
}
