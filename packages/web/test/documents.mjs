// Checks the documents of registries: `node documents.mjs FOLDER…`. Each folder has `events.schema.json`,
// `ingest.openapi.json` and `events.json`, a list of names and arguments that the client records. Writes
// the bodies of the client's requests to `requests.json`.
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Server, World } from './world.mjs'

for (const folder of process.argv.slice(2)) {
  const read = name => JSON.parse(readFileSync(join(folder, name), 'utf8'))

  const openapi = read('ingest.openapi.json')
  const { valid, errors } = await new Validator().validate(structuredClone(openapi))
  assert.ok(valid, `${folder}: ${JSON.stringify(errors)}`)

  const events = read('events.json')
  const bodies = await recorded(events)
  writeFileSync(join(folder, 'requests.json'), JSON.stringify(bodies))

  // Strict: a keyword that the validator does not know, such as a misspelt one, is an error.
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, allowUnionTypes: true })
  ajv.addKeyword('x-pings')
  addFormats.default(ajv)
  const validate = ajv.compile(read('events.schema.json'))
  for (const body of bodies) {
    // ajv knows no property `__proto__`.
    const events = body.events.filter(({ args }) => !args || !Object.hasOwn(args, '__proto__'))
    assert.ok(validate({ ...body, events }), `${folder}: ${ajv.errorsText(validate.errors)}`)
    const [event] = events
    assert.ok(!validate({ ...body, events: [{ ...event, args: { ...event.args, undeclared: 1 } }] }))
    // The definitions of other events add no errors.
    const errors = validate.errors.filter(({ keyword }) => keyword !== 'if')
    assert.deepEqual(errors.map(({ params }) => params), [{ additionalProperty: 'undeclared' }])
  }
}

/** Returns the bodies of the requests with which the client delivers the events and a report of losses. */
async function recorded(events) {
  const server = new Server()
  const world = new World(server.handle)
  const page = world.open()
  for (const [name, args] of events) page.fire(name, args)
  const circular = {}
  circular.circular = circular
  page.fire(events[0][0], circular)
  await world.advance(60000)
  assert.equal(server.events.size, events.length + 1)
  return world.requests.map(({ init }) => JSON.parse(init.body))
}
