// Generated from pings.yaml by `cargo xtask generate`.

export { usePageView, useViewed } from './core/react.js'
