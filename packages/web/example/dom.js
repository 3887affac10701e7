// Generated from pings.yaml by `cargo xtask generate`.

import { listen as listenWith } from './core/dom.js'

export function listen() {
  listenWith({ InsightsGetStartedTabClick: { tabPosition: ['tabPosition', 1] } })
}
