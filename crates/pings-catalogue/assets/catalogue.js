'use strict'

/** With more rows than this, a button shows the rest. */
const MOST = 200

const form = document.getElementById('filter')
if (form) filterRows(form)
for (const block of document.querySelectorAll('pre[data-copy]')) addCopy(block)

function addCopy(block) {
  if (!navigator.clipboard) return
  const text = block.textContent
  const button = document.createElement('button')
  button.className = 'copy'
  button.type = 'button'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text)
      button.textContent = 'Copied'
    } catch {
      getSelection().selectAllChildren(block)
      button.textContent = 'Selected'
    }
    setTimeout(() => (button.textContent = 'Copy'), 2000)
  })
  block.append(button)
}

function filterRows(form) {
  const table = document.querySelector('table.pings')
  if (!table) return
  const found = document.getElementById('found')
  const sections = [...table.tBodies].map(body => ({
    body,
    head: body.querySelector('tr.section'),
    rows: [...body.querySelectorAll('tr[data-text]')].map(read),
  }))
  const total = sections.reduce((sum, section) => sum + section.rows.length, 0)
  const more = document.createElement('button')
  more.type = 'button'
  more.className = 'more'
  more.hidden = true
  table.parentElement.after(more)
  let showAll = false

  const show = () => {
    const { q, version, ...wanted } = Object.fromEntries(new FormData(form))
    const words = q.toLowerCase().split(/\s+/).filter(Boolean)
    const at = parse(version)
    let matches = 0
    for (const section of sections) {
      const rows = []
      for (const row of section.rows) {
        if (!words.every(word => row.text.includes(word))) continue
        if (!Object.entries(wanted).every(([name, value]) => !value || row.values[name].includes(value))) continue
        if (at && !isSent(row.life, at)) continue
        matches++
        if (matches > MOST && !showAll) continue
        setStatus(row, at, version)
        rows.push(row.element)
      }
      section.body.hidden = !rows.length
      section.body.replaceChildren(...(section.head ? [section.head] : []), ...rows)
    }
    more.hidden = showAll || matches <= MOST
    more.textContent = `Show all ${matches}`
    found.textContent = version && !at ? `“${version}” is not a version such as 3.33` : `${matches} of ${total} pings`
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value)).toString()
    try {
      history.replaceState(null, '', location.pathname + (query && '?' + query))
    } catch {
      // A page in a sandbox has no history.
    }
  }
  more.addEventListener('click', () => {
    showAll = true
    show()
  })
  form.addEventListener('input', show)
  form.addEventListener('submit', event => event.preventDefault())
  form.addEventListener('reset', () => setTimeout(show))
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name)
    if (field) field.value = value
  }
  form.hidden = false
  show()
}

function read(element) {
  const { text, life, ...values } = element.dataset
  for (const name in values) values[name] = values[name].split('|')
  const status = element.querySelector('.status')
  return { element, text, values, life: JSON.parse(life), status, usual: [...status.childNodes] }
}

/** Returns the numbers of a version, or undefined. */
function parse(text) {
  if (!/^v?\d+(\.\d+){0,3}$/.test(text.trim())) return
  const numbers = text.trim().replace('v', '').split('.').map(Number)
  while (numbers.length < 4) numbers.push(0)
  return numbers
}

/** Returns a number below, equal to or above 0, as one version is before, equal to or after the other. */
function compare(one, other) {
  for (let i = 0; i < 4; i++) if (one[i] !== other[i]) return one[i] - other[i]
  return 0
}

function isSent([added, removed], at) {
  return compare(at, added) >= 0 && (!removed || compare(at, removed) < 0)
}

function setStatus(row, at, version) {
  if (!at) return row.status.replaceChildren(...row.usual)
  const broken = row.life[2].filter(([first, after]) => compare(at, first) >= 0 && (!after || compare(at, after) < 0))
  const badge = document.createElement('span')
  badge.className = broken.length ? 'badge broken' : 'badge working'
  const reasons = broken.map(([, , reason]) => reason).filter(Boolean).join('; ')
  badge.textContent = broken.length ? `Broken in ${version}${reasons && ': ' + reasons}` : `Trusted in ${version}`
  row.status.replaceChildren(badge)
}
