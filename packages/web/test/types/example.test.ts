// Each mistake that the types must find has a line that expects its error.
import * as pings from '../../example/index.js'
import type { EventName, Handle, InsightType } from '../../example/index.js'
import { usePageView, useViewed } from '../../example/react.js'
import { clear, recorded } from '../../example/testing.js'
import { listen } from '../../example/dom.js'

// Correct calls.
const handle: Handle = pings.start({ url: '/-/pings', version: '5.2.1', consent: 'ask', anonymous: 'week' })
pings.start({ version: '5.2.1', onProblem: ({ kind, message }) => console.warn(kind, message) })
handle.consent('granted')
handle.flush().then(() => handle.counters.ceiling)
const type: InsightType = 'searchInsights'
pings.insightAddition({ insightType: type })
pings.insightsPageView()
pings.insightsGetStartedTabClick({ tabName: 'a' })
pings.insightsGetStartedTabClick({ tabName: 'a', tabPosition: 2 })
pings.record('InsightHover', { insightType: 'codeStatsInsights' })
pings.record('InsightsPageView')
const names: EventName[] = ['InsightAddition', 'InsightsPageView']
useViewed(() => pings.insightsPageView(), { share: 0.5, dwell: 500, once: false })(null)
usePageView(pings.insightsPageView, '/insights')
listen()
clear()
for (const event of recorded()) if (event.name === 'InsightHover') event.args?.insightType satisfies InsightType | undefined

// Missing.
// @ts-expect-error the argument is missing
pings.insightAddition({})
// @ts-expect-error all arguments are missing
pings.insightAddition()
// @ts-expect-error the arguments of a dynamic name are missing
pings.record('InsightAddition')
// @ts-expect-error the version is missing
pings.start({ url: '/-/pings' })

// Extra.
// @ts-expect-error the event has no such argument
pings.insightAddition({ insightType: 'searchInsights', color: 'red' })
// @ts-expect-error the event has no arguments
pings.insightsPageView({ insightType: 'searchInsights' })
// @ts-expect-error the event has no arguments
pings.record('InsightsPageView', { insightType: 'searchInsights' })
// @ts-expect-error the anonymous id is not the product's to set
pings.start({ version: '1', anonymousId: 'x' })

// Misspelt.
// @ts-expect-error the name of the event
pings.insightAdition({ insightType: 'searchInsights' })
// @ts-expect-error the name of the event
pings.record('InsightAdition', { insightType: 'searchInsights' })
// @ts-expect-error the name of the argument
pings.insightAddition({ insightTyp: 'searchInsights' })
// @ts-expect-error the value of the enum
pings.insightAddition({ insightType: 'searchInsight' })
// @ts-expect-error the consent
pings.start({ version: '1', consent: 'yes' })

// Wrong types.
// @ts-expect-error a number for text
pings.insightsGetStartedTabClick({ tabName: 1 })
// @ts-expect-error text for a number
pings.insightsGetStartedTabClick({ tabName: 'a', tabPosition: '2' })
// @ts-expect-error text for an enum
pings.insightAddition({ insightType: String('searchInsights') })
// @ts-expect-error the arguments of another event
pings.record('InsightHover', { tabName: 'a' })
// @ts-expect-error a user cannot answer `ask`
handle.consent('ask')
// @ts-expect-error the arguments cannot be changed
;((args: Parameters<typeof pings.insightAddition>[0]) => (args.insightType = 'searchInsights'))
// @ts-expect-error the event is not a function
useViewed('InsightHover')

// Removed.
// @ts-expect-error the event is no longer in the registry
pings.insightRemoval({ insightType: 'searchInsights' })
// @ts-expect-error the event is no longer in the registry
names.push('InsightRemoval')
