// Runs the product, a binary of the tests of the workspace, and kills it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** The binary, and the database of the product and of its event log. */
const { PINGS_PAGE, PINGS_DATABASE } = process.env

export class Server {
  /** The address of the pages; the same after each start. */
  base
  #builds
  #process
  #listen = '127.0.0.1:0'

  /** `builds` is the folder with the builds of the front end. */
  constructor(builds) {
    this.#builds = builds
  }

  /** `options` may limit the requests with events per client and second. */
  async start({ requestsPerSecond } = {}) {
    const args = [PINGS_DATABASE, this.#listen, this.#builds]
    if (requestsPerSecond) args.push(`${requestsPerSecond}`)
    this.#process = spawn(PINGS_PAGE, args, { cwd: this.#builds, stdio: ['pipe', 'pipe', 'inherit'] })
    const [line] = await once(createInterface(this.#process.stdout), 'line')
    this.#listen = line
    this.base = `http://${line}`
  }

  /** Ends the product as `kill -9` does. */
  async kill() {
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  /** Lets the product stop by itself. */
  async stop() {
    const ended = once(this.#process, 'exit')
    this.#process.stdin.end()
    const [code] = await ended
    return code
  }

  /** Sets what happens to the requests of the endpoint. Without arguments, nothing does. */
  async fault(fault = {}) {
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) }
    const { status } = await fetch(this.base + '/test/fault', request)
    if (status !== 204) throw new Error(`the fault is refused with ${status}`)
  }

  /** Returns the rows of the event log. */
  rows = () => this.#json('/test/rows')

  /** Returns the requests to the endpoint since the last start. */
  requests = () => this.#json('/test/requests')

  async #json(path) {
    return (await fetch(this.base + path)).json()
  }
}
