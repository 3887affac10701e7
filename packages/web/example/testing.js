// Generated from pings.yaml by `cargo xtask generate`.

export { clear, recorded } from './core/testing.js'
