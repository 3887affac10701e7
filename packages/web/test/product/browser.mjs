// Chromium, in the forms in which users run it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const options = {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--enable-features=BackForwardCache', '--host-resolver-rules=MAP intranet.test 127.0.0.1'],
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
}

/** Starts a browser whose contexts are private windows: each has a storage of its own that ends with it. */
export const privately = () => chromium.launch(options)

/** Starts a browser with a profile in a folder, and with the settings that a user may change. */
export function withProfile(folder, settings = {}) {
  mkdirSync(join(folder, 'Default'), { recursive: true })
  writeFileSync(join(folder, 'Default/Preferences'), JSON.stringify(settings))
  return chromium.launchPersistentContext(folder, options)
}
