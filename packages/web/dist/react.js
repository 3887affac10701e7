import { useEffect, useRef, useState } from 'react';
/**
 * Records an event when an element is viewed. Returns the `ref` of that element:
 * `<section ref={useViewed(() => pings.insightHover({ insightType }))}>`.
 */
export function useViewed(event, { share = 0.5, dwell = 1000, once = true } = {}) {
    const [element, setElement] = useState(null);
    const latest = useRef(event);
    const done = useRef(false);
    latest.current = event;
    useEffect(() => {
        let timer;
        const observer = window.IntersectionObserver &&
            new IntersectionObserver(entries => {
                const { intersectionRatio, intersectionRect, rootBounds } = entries.pop();
                clearTimeout(timer);
                if (!done.current && (intersectionRatio >= share || intersectionRect.height >= share * rootBounds.height)) {
                    timer = setTimeout(() => {
                        done.current = once;
                        latest.current();
                    }, dwell);
                }
            }, { threshold: [...Array(21).keys()].map(step => step / 20) });
        element && observer?.observe(element);
        return () => {
            clearTimeout(timer);
            observer?.disconnect();
        };
    }, [element, share, dwell]);
    return setElement;
}
/** Records an event when a page is shown, once for each `key`, for example the route. */
export function usePageView(event, key) {
    useEffect(() => {
        // No frame is drawn for a component that StrictMode or a redirect removes at once, or for a page that is never shown.
        const frame = requestAnimationFrame(() => event());
        return () => cancelAnimationFrame(frame);
    }, [key]);
}
