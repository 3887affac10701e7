import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { JSDOM } from 'jsdom'

// A server renders without a document: nothing breaks.
const { listen } = await import('../example/core/dom.js')
const { clear, recorded } = await import('../example/core/testing.js')
listen({})

const { window } = new JSDOM(`
  <button id="plain" data-ping="Plain"><i id="child"></i></button>
  <a id="enum" data-ping="InsightHover" data-ping-insight-type="searchInsights" data-other="x"></a>
  <a id="typed" data-ping="Typed" data-ping-tab-position="3" data-ping-ratio="0.5" data-ping-open="true" data-ping-title="7"></a>
  <a id="mistyped" data-ping="Typed" data-ping-tab-position="three"></a>
  <a id="snake" data-ping="Snake" data-ping-insight-type="x"></a>
  <a id="proto" data-ping="constructor" data-ping-constructor="c" data-ping-size="3"></a>
  <form id="form" data-ping="Form" data-ping-on="submit"><input id="input"></form>
  <p id="hover" data-ping="Hover" data-ping-on="mouseenter"><b id="inner"></b></p>
  <div id="outside"></div>`)
globalThis.document = window.document
listen({
  __proto__: null,
  Typed: { tabPosition: ['tabPosition', 1], ratio: ['ratio', 1], open: ['open', 1] },
  Snake: { insightType: ['insight_type'] },
})

const dispatch = (id, type, init = { bubbles: true }) => document.getElementById(id).dispatchEvent(new window.Event(type, init))
beforeEach(clear)

test('a click on an element, or on what is in it, records the event', () => {
  dispatch('plain', 'click')
  dispatch('child', 'click')
  dispatch('outside', 'click')
  assert.deepEqual(recorded(), [{ name: 'Plain' }, { name: 'Plain' }])
})

test('the attributes become the arguments', () => {
  dispatch('enum', 'click')
  dispatch('snake', 'click')
  assert.deepEqual(recorded().map(({ args }) => args), [{ insightType: 'searchInsights' }, { insight_type: 'x' }])
})

test('names that every object has are names like others', () => {
  dispatch('proto', 'click')
  assert.deepEqual(recorded(), [{ name: 'constructor', args: { constructor: 'c', size: '3' } }])
})

test('the text of numbers and booleans is converted, and other text stays for the server to refuse', () => {
  dispatch('typed', 'click')
  dispatch('mistyped', 'click')
  assert.deepEqual(recorded().map(({ args }) => args), [{ tabPosition: 3, ratio: 0.5, open: true, title: '7' }, { tabPosition: 'three' }])
})

test('`data-ping-on` names another DOM event', () => {
  dispatch('input', 'click')
  assert.equal(recorded().length, 0)
  dispatch('form', 'submit')
  dispatch('hover', 'click')
  dispatch('hover', 'mouseenter', { bubbles: false })
  dispatch('inner', 'mouseenter', { bubbles: false })
  assert.deepEqual(recorded().map(({ name }) => name), ['Form', 'Hover'])
})
