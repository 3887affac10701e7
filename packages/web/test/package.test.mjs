// Uses the example package as a product does, from `node_modules`.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const product = mkdtempSync(join(tmpdir(), 'web-product-'))
after(() => rmSync(product, { recursive: true }))
mkdirSync(join(product, 'node_modules'))
cpSync(join(root, 'example'), join(product, 'node_modules/code-insights-web'), { recursive: true })
writeFileSync(join(product, 'package.json'), '{ "type": "module" }')
writeFileSync(
  join(product, 'main.ts'),
  `import * as pings from 'code-insights-web'
import { listen } from 'code-insights-web/dom'
import { recorded } from 'code-insights-web/testing'
import { usePageView } from 'code-insights-web/react'
export type Handle = pings.Handle
export const start = (): Handle => pings.start({ version: '1' })
export const click = (): void => pings.insightAddition({ insightType: 'searchInsights' })
export { listen, recorded, usePageView }
`
)

for (const [module, moduleResolution] of [['nodenext', 'nodenext'], ['es2020', 'bundler']]) {
  test(`a product without React's types compiles with the module resolution ${moduleResolution}`, () => {
    const flags = ['--strict', '--isolatedModules', '--target', 'es2020', '--lib', 'es2020,dom', '--types', '', '--module', module, '--moduleResolution', moduleResolution]
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...flags, '--outDir', 'out', 'main.ts'], { cwd: product, stdio: 'inherit' })
  })
}

test('Node imports the package without a build step', () => {
  const script = `import { insightsPageView, start } from 'code-insights-web'
import { recorded } from 'code-insights-web/testing'
start({ version: '1' }); insightsPageView(); console.log(JSON.stringify(recorded()))`
  writeFileSync(join(product, 'run.js'), script)
  assert.equal(execFileSync(process.execPath, ['run.js'], { cwd: product, encoding: 'utf8' }), '[{"name":"InsightsPageView"}]\n')
})

test('a bundle contains only the events that the product uses, and syntax of ES2020', () => {
  const { outputFiles } = buildSync({
    stdin: { contents: `import * as pings from 'code-insights-web'; pings.start({ version: '1' }); pings.insightsPageView()`, resolveDir: product },
    bundle: true, write: false, format: 'esm',
  })
  const { text } = outputFiles[0]
  assert.ok(text.includes('InsightsPageView') && !text.includes('InsightHover'))
  for (const name of readdirSync(join(root, 'example/core'))) assert.doesNotMatch(readFileSync(join(root, 'example/core', name), 'utf8'), /\?\?=|\|\|=|&&=|\.at\(|\.replaceAll\(|#private/)
})
