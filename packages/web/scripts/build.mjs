// Compiles src/ for the generator, which embeds the files, and for the example. With --check, only reports stale files.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const check = process.argv.includes('--check')
const compiled = mkdtempSync(join(tmpdir(), 'web-core-'))
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', root, '--outDir', compiled], { stdio: 'inherit' })

const files = readdirSync(compiled).sort()
const stale = []
for (const folder of ['../../crates/pings-codegen/src/web/library', 'example/core']) {
  const target = join(root, folder)
  const found = existsSync(target) ? readdirSync(target) : []
  if (check) {
    const differs = name => !found.includes(name) || readFileSync(join(target, name), 'utf8') !== readFileSync(join(compiled, name), 'utf8')
    stale.push(...files.filter(differs), ...found.filter(name => !files.includes(name)))
    continue
  }
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  for (const name of files) writeFileSync(join(target, name), readFileSync(join(compiled, name)))
}
rmSync(compiled, { recursive: true })
if (stale.length) {
  console.error(`stale: ${stale.join(', ')}; run \`npm run build\` in packages/web`)
  process.exit(1)
}
