// Generated from pings.yaml by `cargo xtask generate`.

export { usePageView, useViewed } from './core/react.js'
export type { ViewedOptions } from './core/react.js'
