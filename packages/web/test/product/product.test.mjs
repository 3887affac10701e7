// Drives Chromium against the product, and compares the event log with what was recorded. One file, since the cases
// share a server, which some of them kill.
import assert from 'node:assert/strict'
import { nothingArrivesLater } from './world.mjs'

for (const name of ['PINGS_PAGE', 'PINGS_DATABASE']) assert.ok(process.env[name], `${name} is not set`)

await import('./cases/pages.mjs')
await import('./cases/server.mjs')
await import('./cases/network.mjs')
await import('./cases/storage.mjs')
await import('./cases/people.mjs')
nothingArrivesLater()
