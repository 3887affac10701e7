// The suite that the endpoint is tested with, too: the client sends exactly these names and arguments.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Server, World } from './world.mjs'

const { cases } = JSON.parse(readFileSync(new URL('../../../tests/conformance/cases.json', import.meta.url)))

for (const { name, events, by, with: changed } of cases) {
  // A client does not make events of these cases itself.
  if (by || changed) continue
  test(`the client sends ${name}`, async () => {
    const world = new World(new Server().handle)
    const page = world.open()
    for (const event of events) page.fire(event.name, event.args)
    await world.advance(3000)
    const sent = world.requests.flatMap(({ init }) => JSON.parse(init.body).events)
    // The events of one millisecond have no order.
    const texts = list => list.map(({ name, args }) => JSON.stringify([name, args])).sort()
    assert.deepEqual(texts(sent), texts(events))
  })
}
