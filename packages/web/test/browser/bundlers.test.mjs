// Builds a product that uses the generated package with each bundler and with plain tsc, and runs the results in Chromium.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { chromium } from 'playwright-core'
import * as vite from 'vite'
import webpack from 'webpack'

const packages = fileURLToPath(new URL('../../..', import.meta.url))
const product = mkdtempSync(join(tmpdir(), 'web-bundlers-'))
const source = join(product, 'main.ts')
const compiled = join(product, 'tsc/main.js')

writeFileSync(
  source,
  `import { insightAddition, start, type Handle } from 'code-insights-web'
import { listen } from 'code-insights-web/dom'
const handle: Handle = start({ url: '/-/pings', version: '5.2.1' })
listen()
insightAddition({ insightType: 'searchInsights' })
void handle.flush()
`
)
writeFileSync(join(product, 'package.json'), '{ "type": "module" }')
mkdirSync(join(product, 'node_modules'))
// `npm install ./packages/code-insights-web` creates the same link.
symlinkSync(join(packages, 'code-insights-web'), join(product, 'node_modules/code-insights-web'))

/** Writes `<name>/main.js`, each with the bundler's usual form of a release. */
const bundlers = {
  async vite() {
    const output = { entryFileNames: 'main.js' }
    const build = { outDir: join(product, 'vite'), rollupOptions: { input: source, output } }
    await vite.build({ root: product, configFile: false, logLevel: 'error', build })
  },
  async webpack() {
    const output = { path: join(product, 'webpack'), filename: 'main.js' }
    const compiler = webpack({ mode: 'production', context: product, entry: compiled, output })
    const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))))
    assert.equal(stats.hasErrors() || stats.hasWarnings(), false, stats.toString())
  },
  async esbuild() {
    await esbuild.build({ entryPoints: [source], bundle: true, minify: true, format: 'esm', outfile: join(product, 'esbuild/main.js') })
  },
  async tsc() {},
}

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    let body = ''
    request.on('data', data => (body += data))
    request.on('end', () => {
      const events = JSON.parse(body).events
      for (const event of events) received.set(event.id, event)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ accepted: events.length, duplicates: 0, refused: [] }))
    })
    return
  }
  const file = join(product, request.url)
  if (request.url.endsWith('.js') && existsSync(file)) {
    response.writeHead(200, { 'content-type': 'text/javascript' })
    return response.end(readFileSync(file))
  }
  // What plain tsc writes needs the names of packages.
  const root = '/node_modules/code-insights-web/'
  const imports = { 'code-insights-web': root + 'index.js', 'code-insights-web/dom': root + 'dom.js' }
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end(`<script type="importmap">${JSON.stringify({ imports })}</script><script type="module" src="${request.url}/main.js"></script>`)
})
const received = new Map()
let browser

before(async () => {
  const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
  const flags = ['--strict', '--target', 'es2020', '--lib', 'es2020,dom', '--types', '', '--module', 'es2020', '--moduleResolution', 'bundler']
  execFileSync(process.execPath, [compiler, ...flags, '--outDir', 'tsc', source], { cwd: product, stdio: 'inherit' })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] })
})
after(async () => {
  await browser?.close()
  server.close()
  server.closeAllConnections()
  rmSync(product, { recursive: true })
})

for (const [name, build] of Object.entries(bundlers)) {
  test(`a product built with ${name} runs`, async () => {
    await build()
    received.clear()
    const page = await browser.newPage()
    const errors = []
    page.on('pageerror', error => errors.push(error))
    const answered = page.waitForResponse('**/-/pings', { timeout: 10000 })
    await page.goto(`http://127.0.0.1:${server.address().port}/${name}`)
    await answered
    await page.close()
    assert.deepEqual(errors, [])
    assert.deepEqual([...received.values()].map(({ name, args }) => [name, args]), [['InsightAddition', { insightType: 'searchInsights' }]])
    const code = readFileSync(join(product, name, 'main.js'), 'utf8')
    assert.ok(!code.includes('InsightHover'))
  })
}
