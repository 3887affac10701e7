import { fire } from './core.js'
import { attempt } from './guard.js'

/**
 * The attributes of each event whose argument has another name, or is a number or a boolean (1), by their names in
 * `dataset` without `ping`, with a small first letter. The objects have no prototype, whose `constructor` would be found.
 */
export type Attributes = { readonly [event: string]: { readonly [attribute: string]: readonly [argument: string, typed?: 1] } }

/**
 * Records the event that `data-ping` names when the element is clicked, or when the DOM event that `data-ping-on` names
 * (`click`, `change`, `submit`, `mouseenter`) happens. Arguments come from `data-ping-<argument>`. Call it once.
 */
export function listen(attributes: Attributes): void {
  attempt(() => {
    for (const type of ['click', 'change', 'submit', 'mouseenter']) {
      document.addEventListener(type, event => attempt(() => onEvent(attributes, event)), true)
    }
  })
}

function onEvent(attributes: Attributes, event: Event): void {
  const element = (event.target as Element).closest<HTMLElement>('[data-ping]')!
  const { ping, pingOn = 'click', ...data } = element.dataset
  // The pointer also enters the children of the element.
  if (pingOn !== event.type || (pingOn === 'mouseenter' && element !== event.target)) return
  let args: Record<string, unknown> | undefined
  for (const key in data) {
    const attribute = key.replace(/^ping([A-Z])/, (_, first: string) => first.toLowerCase())
    if (attribute === key) continue
    const [argument, typed] = attributes[ping!]?.[attribute] || [attribute]
    // Text of another type stays text, so that the server names the mistake.
    args = { ...args, [argument]: (typed && attempt(() => JSON.parse(data[key]!))) ?? data[key] }
  }
  fire(ping!, args)
}
