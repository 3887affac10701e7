// Generated from pings.yaml by `cargo xtask generate`.

import { listen as listenWith } from './core/dom.js'

export function listen() {
  listenWith({ __proto__: null, InsightsGetStartedTabClick: { __proto__: null, tabPosition: ['tabPosition', 1] } })
}
