import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { JSDOM } from 'jsdom'

const { window } = new JSDOM('<div id="root"></div>', { pretendToBeVisual: true })
for (const [name, value] of Object.entries({
  window, document: window.document, navigator: window.navigator, IS_REACT_ACT_ENVIRONMENT: true,
  requestAnimationFrame: window.requestAnimationFrame, cancelAnimationFrame: window.cancelAnimationFrame,
})) {
  // Newer versions of Node have a `navigator` that cannot be assigned.
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}

/** The layout that jsdom does not compute: the test says what is visible. */
class FakeObserver {
  static active = new Set()
  constructor(callback) { this.callback = callback }
  observe(element) { this.element = element; FakeObserver.active.add(this) }
  disconnect() { FakeObserver.active.delete(this) }
  static see(intersectionRatio, height = intersectionRatio * 100, screen = 800) {
    for (const observer of FakeObserver.active) observer.callback([{ intersectionRatio, intersectionRect: { height }, rootBounds: { height: screen } }])
  }
}
window.IntersectionObserver = globalThis.IntersectionObserver = FakeObserver

const { act, createElement: h, StrictMode, useState } = await import('react')
const { createRoot } = await import('react-dom/client')
const { fire } = await import('../example/core/core.js')
const { clear, recorded } = await import('../example/core/testing.js')
const { usePageView, useViewed } = await import('../example/core/react.js')

const wait = ms => act(() => new Promise(resolve => setTimeout(resolve, ms)))
let root
beforeEach(async () => {
  if (root) await act(() => root.unmount())
  root = createRoot(document.getElementById('root'))
  clear()
})
after(async () => {
  await act(() => root.unmount())
  window.close()
})
const render = element => act(() => root.render(element))

function Viewed(options) {
  return h('section', { ref: useViewed(() => fire('Viewed', { n: options.n }), options) })
}

test('an element counts once in StrictMode, after its share was visible for the dwell time', async () => {
  await render(h(StrictMode, null, h(Viewed, { dwell: 40, n: 1 })))
  FakeObserver.see(0.4)
  await wait(80)
  assert.equal(recorded().length, 0)
  FakeObserver.see(0.6)
  await wait(10)
  FakeObserver.see(0)
  await wait(80)
  assert.equal(recorded().length, 0)
  for (let i = 0; i < 2; i++) {
    FakeObserver.see(0.6)
    await wait(80)
    FakeObserver.see(0)
  }
  assert.deepEqual(recorded(), [{ name: 'Viewed', args: { n: 1 } }])
})

test('the event has the arguments of the last render, and `once: false` counts each view', async () => {
  await render(h(Viewed, { dwell: 1, once: false, n: 1 }))
  await render(h(Viewed, { dwell: 1, once: false, n: 2 }))
  for (let i = 0; i < 2; i++) {
    FakeObserver.see(1)
    await wait(30)
    FakeObserver.see(0)
  }
  assert.deepEqual(recorded().map(({ args }) => args.n), [2, 2])
})

test('an element that is taller than the screen counts when it fills the share of the screen', async () => {
  await render(h(Viewed, { dwell: 1 }))
  FakeObserver.see(0.1, 300)
  await wait(30)
  assert.equal(recorded().length, 0)
  FakeObserver.see(0.15, 450)
  await wait(30)
  assert.equal(recorded().length, 1)
})

test('an element that is removed while it dwells does not count', async () => {
  await render(h(Viewed, { dwell: 30 }))
  FakeObserver.see(1)
  await render(null)
  await wait(60)
  assert.equal(recorded().length, 0)
  assert.equal(FakeObserver.active.size, 0)
})

test('without IntersectionObserver nothing is recorded and nothing breaks', async () => {
  window.IntersectionObserver = undefined
  await render(h(Viewed))
  window.IntersectionObserver = FakeObserver
  assert.equal(recorded().length, 0)
})

test('a page view counts once for each key, also in StrictMode', async () => {
  let go
  function Page() {
    const [route, setRoute] = useState('/a')
    const [, setOther] = useState(0)
    go = { setRoute, setOther }
    usePageView(() => fire('View', { route }), route)
    return null
  }
  await render(h(StrictMode, null, h(Page)))
  await wait(50)
  await act(() => go.setOther(1))
  await wait(50)
  await act(() => go.setRoute('/b'))
  await wait(50)
  assert.deepEqual(recorded().map(({ args }) => args.route), ['/a', '/b'])
})

test('a page that redirects at once does not count', async () => {
  function Page({ route }) {
    usePageView(() => fire('View', { route }), route)
    return null
  }
  await act(async () => root.render(h(Page, { route: '/a' })))
  await act(async () => root.render(h(Page, { route: '/b' })))
  await wait(50)
  assert.ok(recorded().some(({ args }) => args.route === '/b'))
})
