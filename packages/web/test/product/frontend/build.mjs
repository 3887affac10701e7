// Builds the front end as a product does: with Vite, and with the generated package in `node_modules`.
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const source = fileURLToPath(new URL('./main.ts', import.meta.url))
const generated = fileURLToPath(new URL('../../../../code-insights-web', import.meta.url))

/** The versions of the front end by the names of their builds. */
export const VERSIONS = { old: '5.2.1', new: '5.3.0' }

/** Writes a folder for each build. */
export async function buildAll(folder) {
  const project = join(folder, 'project')
  mkdirSync(join(project, 'node_modules'), { recursive: true })
  cpSync(source, join(project, 'main.ts'))
  // `npm install ./packages/code-insights-web` creates the same link.
  symlinkSync(generated, join(project, 'node_modules/code-insights-web'))
  for (const [name, version] of Object.entries(VERSIONS)) {
    await build({
      root: project,
      configFile: false,
      logLevel: 'error',
      define: { VERSION: JSON.stringify(version) },
      build: {
        outDir: join(folder, name),
        modulePreload: { polyfill: false },
        rollupOptions: { input: join(project, 'main.ts'), output: { entryFileNames: 'main.js' } },
      },
    })
  }
}
