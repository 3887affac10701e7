// Generated from pings.yaml by `cargo xtask generate`.

export { start } from './core/core.js'
export type { Anonymous, Consent, Counters, Handle, Loss, Options, Problem } from './core/core.js'

export type InsightType = 'searchInsights' | 'codeStatsInsights'

/**
 * A user created an insight.
 *
 * Counted by "Additions count, edits count, and removals count" (weekly, since 3.25).
 */
export declare function insightAddition(args: { readonly insightType: InsightType }): void

/**
 * A user hovered over a data point of an insight.
 *
 * Counted by "Hovers count" (weekly, since 3.25).
 */
export declare function insightHover(args: { readonly insightType: InsightType }): void

/** A user viewed any /insights page. */
export declare function insightsPageView(): void

/**
 * A user selected another tab of templates; `tabName` is the title of that tab.
 *
 * @deprecated Removed in 4.0. Nothing counts this event.
 */
export declare function insightsGetStartedTabClick(args: { readonly tabName: string; readonly tabPosition?: number }): void

/** The arguments of each event, by its name. */
export interface Events {
  InsightAddition: [args: { readonly insightType: InsightType }]
  InsightHover: [args: { readonly insightType: InsightType }]
  InsightsPageView: []
  InsightsGetStartedTabClick: [args: { readonly tabName: string; readonly tabPosition?: number }]
}

export type EventName = keyof Events

/** Records an event whose name is known only at run time. */
export declare function record<N extends EventName>(name: N, ...args: Events[N]): void
