/** When an element counts as viewed. */
export interface ViewedOptions {
    /** The share of the element, or of the screen if the element is larger, that must be visible, in steps of 0.05. Default: 0.5. */
    readonly share?: number;
    /** The milliseconds for which that share must stay visible. Default: 1000. */
    readonly dwell?: number;
    /** Whether the event is recorded once for each mounted component, or each time the element is viewed. Default: true. */
    readonly once?: boolean;
}
/**
 * Records an event when an element is viewed. Returns the `ref` of that element:
 * `<section ref={useViewed(() => pings.insightHover({ insightType }))}>`.
 */
export declare function useViewed(event: () => void, { share, dwell, once }?: ViewedOptions): (element: Element | null) => void;
/** Records an event when a page is shown, once for each `key`, for example the route. */
export declare function usePageView(event: () => void, key: unknown): void;
