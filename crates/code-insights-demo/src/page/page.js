// What a product writes: two imports, `start`, and a function per event.
import { insightHover, insightsPageView, record, start } from './index.js'
import { listen } from './dom.js'

const log = document.querySelector('#log')
const note = text => {
  log.prepend(Object.assign(document.createElement('li'), { textContent: text }))
}

const handle = start({
  version: document.body.dataset.version,
  onProblem: problem => note(`${problem.kind}: ${problem.message ?? problem.event}`),
})
listen()
insightsPageView()
document.querySelector('figure').addEventListener('pointerenter', () => {
  insightHover({ insightType: 'searchInsights' })
})
document.addEventListener('click', event => {
  const name = event.target.closest('[data-ping]')?.dataset.ping
  if (name) note(`fired ${name}`)
})

// The session of this demo is a cookie. The client never says who its user is.
const isSignedIn = () => document.cookie.includes('user=7')
const session = document.querySelector('#session')
const show = () => {
  document.querySelector('#who').textContent = isSignedIn() ? 'Signed in as user 7' : 'A visitor'
  session.textContent = isSignedIn() ? 'Sign out' : 'Sign in'
}
session.addEventListener('click', () => {
  document.cookie = isSignedIn() ? 'user=; max-age=0' : 'user=7; samesite=strict'
  show()
})
show()

document.querySelector('#wrong').addEventListener('click', event => record(event.target.dataset.name))
const consent = document.querySelector('#consent')
let isGranted = true
consent.addEventListener('click', () => {
  isGranted = !isGranted
  handle.consent(isGranted ? 'granted' : 'denied')
  consent.textContent = isGranted ? 'Withdraw consent' : 'Give consent again'
  note(isGranted ? 'consent given' : 'consent withdrawn: nothing is stored or sent')
})
