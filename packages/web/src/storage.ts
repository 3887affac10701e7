import { attempt } from './guard.js'

let area: Storage | undefined

/** Uses localStorage from now on, if the browser grants access, or nothing at all. */
export function open(memory: boolean): void {
  area = memory ? undefined : attempt(() => localStorage)
}

/** Returns the sorted keys that start with `prefix`. */
export const storedKeys = (prefix: string): string[] =>
  attempt(() => Object.keys(area!).filter(key => key.startsWith(prefix)).sort()) || []

export const stored = (key: string): string | null | undefined => attempt(() => area!.getItem(key))

/** Returns `true` if the value is stored. */
export const store = (key: string, value: string): true | undefined => attempt(() => (area!.setItem(key, value), true))

export const unstore = (key: string): void => attempt(() => area!.removeItem(key))
