import { fire } from './core.js'
import { attempt } from './guard.js'

/** The arguments of each event that are numbers or booleans. */
export type TypedArguments = { readonly [event: string]: { readonly [argument: string]: 1 } }

/**
 * Records the event that `data-ping` names when the element is clicked, or when the DOM event that `data-ping-on` names
 * (`click`, `change`, `submit`, `mouseenter`) happens. Arguments come from `data-ping-<argument>`. Call it once.
 */
export function listen(typed: TypedArguments): void {
  attempt(() => {
    for (const type of ['click', 'change', 'submit', 'mouseenter']) {
      document.addEventListener(type, event => attempt(() => onEvent(typed, event)), true)
    }
  })
}

function onEvent(typed: TypedArguments, event: Event): void {
  const element = (event.target as Element).closest<HTMLElement>('[data-ping]')!
  const { ping, pingOn = 'click', ...data } = element.dataset
  // The pointer also enters the children of the element.
  if (pingOn !== event.type || (pingOn === 'mouseenter' && element !== event.target)) return
  let args: Record<string, unknown> | undefined
  for (const key in data) {
    const argument = key.replace(/^ping([A-Z])/, (_, first: string) => first.toLowerCase())
    // Text of another type stays text, so that the server names the mistake.
    if (argument !== key) args = { ...args, [argument]: (typed[ping!]?.[argument] && attempt(() => JSON.parse(data[key]!))) ?? data[key] }
  }
  fire(ping!, args)
}
