// Generated from pings.yaml by `cargo xtask generate`.

import { fire } from './core/core.js'

export { start } from './core/core.js'

export function insightAddition(args) { fire('InsightAddition', args) }
export function insightHover(args) { fire('InsightHover', args) }
export function insightsPageView() { fire('InsightsPageView') }
export function insightsGetStartedTabClick(args) { fire('InsightsGetStartedTabClick', args) }

export function record(name, args) { fire(name, args) }
