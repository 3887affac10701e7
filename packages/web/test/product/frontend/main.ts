// The front end of the product.
import * as pings from 'code-insights-web'
import { listen } from 'code-insights-web/dom'

declare const VERSION: string

declare global {
  interface Window {
    product: Product
  }
}

interface Product {
  readonly version: string
  readonly handle: pings.Handle
  /** What the client reported to the developer. */
  readonly problems: pings.Problem[]
  /** Whether the page came from the back/forward cache. */
  restored: boolean
  /** Records an event that the label identifies. */
  record(label: string): void
  /** Tells the client and the server what the user decided. */
  consent(to: 'granted' | 'denied'): Promise<void>
  /** Signs a user in, or out with 0. */
  signIn(user: number): Promise<void>
}

const problems: pings.Problem[] = []
const handle = pings.start({ version: VERSION, onProblem: problem => problems.push(problem) })

window.product = {
  version: VERSION,
  handle,
  problems,
  restored: false,
  record: label => pings.insightsGetStartedTabClick({ tabName: label }),
  async consent(to) {
    handle.consent(to)
    await fetch(`/consent/${to}`, { method: 'POST' })
  },
  async signIn(user) {
    // The server attributes events to the session that sends them.
    await handle.flush()
    await fetch(user ? `/login/${user}` : '/logout', { method: 'POST' })
  },
}

addEventListener('pageshow', event => (window.product.restored = event.persisted))
listen()
