import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as pings from '../example/index.js'
import { clear, recorded } from '../example/testing.js'

test('a product sees in Node which events it recorded', () => {
  pings.start({ url: '/-/pings', version: '1' })
  pings.insightAddition({ insightType: 'searchInsights' })
  pings.record('InsightsPageView')
  assert.deepEqual(recorded(), [{ name: 'InsightAddition', args: { insightType: 'searchInsights' } }, { name: 'InsightsPageView' }])
  clear()
  assert.deepEqual(recorded(), [])
})
