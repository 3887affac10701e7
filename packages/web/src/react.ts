import { useEffect, useRef, useState } from 'react'

/** When an element counts as viewed. */
export interface ViewedOptions {
  /** The share of the element, or of the screen if the element is larger, that must be visible, in steps of 0.05. Default: 0.5. */
  readonly share?: number
  /** The milliseconds for which that share must stay visible. Default: 1000. */
  readonly dwell?: number
  /** Whether the event is recorded once for each mounted component, or each time the element is viewed. Default: true. */
  readonly once?: boolean
}

/**
 * Records an event when an element is viewed. Returns the `ref` of that element:
 * `<section ref={useViewed(() => pings.insightHover({ insightType }))}>`.
 */
export function useViewed(
  event: () => void,
  { share = 0.5, dwell = 1000, once = true }: ViewedOptions = {}
): (element: Element | null) => void {
  const [element, setElement] = useState<Element | null>(null)
  const latest = useRef(event)
  const done = useRef(false)
  latest.current = event
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const observer =
      window.IntersectionObserver &&
      new IntersectionObserver(
        entries => {
          const { intersectionRatio, intersectionRect, rootBounds } = entries.pop()!
          clearTimeout(timer)
          if (!done.current && (intersectionRatio >= share || intersectionRect.height >= share * rootBounds!.height)) {
            timer = setTimeout(() => {
              done.current = once
              latest.current()
            }, dwell)
          }
        },
        { threshold: [...Array(21).keys()].map(step => step / 20) }
      )
    element && observer?.observe(element)
    return () => {
      clearTimeout(timer)
      observer?.disconnect()
    }
  }, [element, share, dwell])
  return setElement
}

/** Records an event when a page is shown, once for each `key`, for example the route. */
export function usePageView(event: () => void, key: unknown): void {
  useEffect(() => {
    // No frame is drawn for a component that StrictMode or a redirect removes at once, or for a page that is never shown.
    const frame = requestAnimationFrame(() => event())
    return () => cancelAnimationFrame(frame)
  }, [key])
}
