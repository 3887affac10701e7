import { attempt } from './guard.js';
import { uuid } from './ids.js';
import { open, store, stored, storedKeys, unstore } from './storage.js';
let options;
/** The start of the keys in localStorage. A key is the prefix, the name of a tab and the id of an event. */
let prefix;
/** The key of the anonymous id. */
let visitorKey;
let tab;
/** The events that wait, as JSON text by their key in localStorage. */
let queue;
/** The anonymous id: the number of its week, a hyphen and random digits. */
let visitor;
/** The report that still counts; a report that was sent once never changes. */
let report;
/** Release the Web Locks of the tabs whose events this page holds. */
let locks = [];
/** The size of the requests on their way, whose events are not in the queue. */
let inFlight = 0;
/** The run that sends batch after batch. */
let running;
let timer;
/** The attempts that failed since the last success. */
let failures = 0;
/** The most events in a batch; halved when the server refuses the size. */
let limit = 1000 /* Limit.Ceiling */;
let observer;
const counters = {};
const handle = {
    consent: to => attempt(() => agree(to)),
    flush: async () => attempt(flush),
    counters,
};
/** Starts the client. Later calls return the same handle. Does nothing where there is no document, as in a server. */
export function start(given) {
    attempt(() => {
        if (options)
            return;
        const page = document;
        options = { ...given, ...attempt(() => JSON.parse(page.getElementById('pings').textContent)) };
        if (!options.url)
            return lose('no-url');
        prefix = `pings:${options.url}:`;
        visitorKey = prefix + 'id';
        open(options.storage === 'memory');
        for (const type of ['visibilitychange', 'pagehide', 'pageshow', 'online', 'storage']) {
            addEventListener(type, event => attempt(() => onPage(type, event)));
        }
        // The stricter one counts: `ask`, `denied`, `granted` are in the order of the alphabet.
        agree([given.consent, options.consent].sort()[0]);
    });
    return handle;
}
/** Records an event: what the generated functions call. Before `start`, events are dropped. */
export function fire(name, args) {
    attempt(() => {
        if (observer)
            observer(name, args);
        else if (queue) {
            attempt(() => (put(name, args, Date.now()), true)) || lose('invalid', name);
            trim();
        }
    });
}
/** Passes every event to `listener` instead of the queue. */
export function observe(listener) {
    observer = listener;
}
function onPage(type, event) {
    if (type === 'storage') {
        if (event.key === visitorKey) {
            // Another tab drew an anonymous id, perhaps at the same moment. The last one that was stored counts.
            visitor = undefined;
            // Another tab withdrew consent.
            if (event.newValue === "-" /* Text.Withdrawn */)
                clear();
        }
    }
    else if (type === 'pagehide' || isHidden()) {
        // A server that failed is not asked again until its time is over.
        failures || (running ? send() : flush());
        settle(type === 'pagehide');
    }
    else {
        resume();
        flush();
    }
}
const isHidden = () => document.hidden;
function agree(to = 'granted') {
    const { globalPrivacyControl, doNotTrack } = navigator;
    if (to === 'denied' || globalPrivacyControl || doNotTrack === '1') {
        store(visitorKey, "-" /* Text.Withdrawn */);
        storedKeys(prefix).forEach(unstore);
        clear();
    }
    else if (to === 'granted' && !queue) {
        queue = new Map();
        resume();
    }
}
/** Forgets all events; the storage is already empty. */
function clear() {
    queue = report = visitor = tab = undefined;
    settle();
}
/** Adopts the events of tabs that are gone. */
function resume() {
    tab || (tab = uuid(0).slice(-12 /* Limit.TabLength */));
    new Set([tab, ...storedKeys(prefix).map(key => key.substr(prefix.length, 12 /* Limit.TabLength */))]).forEach(hold);
}
/** Holds the Web Lock of a tab and loads its events, if the lock is free and the page is visible. */
async function hold(name) {
    const load = (lock) => {
        if (!lock || !queue || isHidden())
            return;
        const found = new Map();
        // The events of this tab are in memory, and may be on their way.
        for (const key of storedKeys(prefix + name)) {
            const text = stored(key);
            // The text may be gone, or be the anonymous id.
            if (name !== tab && text > '{')
                found.set(key, text);
        }
        // The older events come first.
        queue = new Map([...found, ...queue]);
        trim();
        timer || schedule(2000 /* Limit.SendDelay */);
        return new Promise(resolve => locks.push(resolve));
    };
    try {
        await navigator.locks.request(prefix + name, { ifAvailable: true }, load);
    }
    catch {
        // Without Web Locks, two tabs may send the same event; the server knows its id.
        attempt(() => load(name));
    }
}
/**
 * Releases the locks when the page is left or has nothing to protect while it is hidden.
 * A held lock keeps a page out of the back/forward cache and keeps the browser from freezing a tab.
 */
function settle(leaving) {
    if (leaving || !queue || (isHidden() && !queue.size)) {
        for (const resolve of locks)
            resolve();
        locks = [];
    }
}
function put(name, args, at, id = uuid(at)) {
    const key = prefix + tab + id;
    const text = JSON.stringify({ id, name, at: new Date(at).toISOString(), version: options.version, anonymous_id: visitorOf(at), args });
    queue.set(key, text);
    store(key, text);
    timer || schedule(2000 /* Limit.SendDelay */);
}
/** Drops the oldest events over the ceiling, but no report of losses. */
function trim() {
    for (const [key, text] of queue) {
        if (queue.size <= 1000 /* Limit.Ceiling */)
            break;
        if (isReport(text))
            continue;
        queue.delete(key);
        unstore(key);
        lose('ceiling', text);
    }
}
const isReport = (text) => text.includes("\"$lost\"" /* Text.LostName */);
/** Counts a loss, and reports it to the server as an event, which arrives exactly once as every event does. */
function lose(kind, event = '', answer) {
    count(counters, kind);
    attempt(() => options.onProblem?.({ ...answer, kind, event }));
    if (!queue || isReport(event))
        return;
    const at = Date.now();
    report || (report = [{}, at, uuid(at)]);
    count(report[0], kind);
    put("$lost" /* Text.Lost */, ...report);
}
function count(counts, key) {
    counts[key] = (counts[key] || 0) + 1;
}
/** Returns the anonymous id of a time. The id of an earlier week is overwritten, so that nothing links the two. */
function visitorOf(at) {
    const { anonymous, week: start = 259200000 /* Limit.Epoch */ } = options;
    if (anonymous === 'none')
        return;
    const week = (anonymous === 'browser' ? 0 : ((at + start) / 604800000 /* Limit.Week */) | 0) + '-';
    if (!visitor?.startsWith(week)) {
        visitor = stored(visitorKey);
        // An id that cannot be stored would count the visitor again with each page.
        if (!visitor?.startsWith(week) && !store(visitorKey, (visitor = week + uuid(0))))
            visitor = undefined;
    }
    return visitor;
}
function schedule(delay) {
    clearTimeout(timer);
    timer = setTimeout(flush, delay);
}
function flush() {
    clearTimeout(timer);
    timer = undefined;
    return (running || (running = drain()));
}
async function drain() {
    while (await send())
        ;
    running = undefined;
    attempt(settle);
}
/** Sends one batch. Returns whether the next one may follow at once. */
async function send() {
    const batch = new Map();
    let size = 150 /* Limit.Envelope */;
    let wait = 0;
    const from = tab;
    for (const [key, text] of queue || []) {
        if (batch.size >= limit || (size + inFlight + text.length > 20000 /* Limit.InFlight */ && batch.size + inFlight))
            break;
        size += text.length + 1;
        batch.set(key, text);
        queue.delete(key);
    }
    if (!batch.size)
        return false;
    report = undefined;
    inFlight += size;
    try {
        const texts = [...batch.values()];
        const response = await fetch(options.url, {
            method: 'POST',
            body: `{"v":1,"sent_at":"${new Date().toISOString()}","events":[${texts}]}`,
            // A retry is sent without keepalive: the quota may have been the reason for the failure.
            keepalive: size <= 20000 /* Limit.InFlight */ && !failures,
            referrerPolicy: 'no-referrer',
            signal: AbortSignal.timeout?.(30000 /* Limit.Timeout */),
        });
        const status = response.status;
        const after = response.headers.get('retry-after');
        wait = +after * 1000 || Date.parse(after) - Date.now();
        // Only JSON is an answer of the endpoint; a proxy may refuse the size in any form.
        const answer = status === 413 ? {} : await response.json();
        const acknowledged = status === 200 && answer.accepted + answer.duplicates + answer.refused.length === batch.size;
        const rejected = status === 413 || status === 400;
        if (rejected && batch.size > 1) {
            limit = batch.size >> 1;
            return true;
        }
        if (acknowledged || rejected) {
            for (const [key] of batch)
                unstore(key);
            batch.clear();
        }
        if (rejected)
            lose('rejected', texts[0], answer);
        if (acknowledged) {
            for (const refusal of answer.refused)
                lose('refused', texts.find(text => text.includes(refusal.id)), refusal);
            failures = 0;
            limit *= 2;
            return true;
        }
    }
    catch {
    }
    finally {
        inFlight -= size;
        // Without an acknowledgement, the events wait again, before the newer ones, unless consent was withdrawn.
        if (tab === from)
            queue = new Map([...batch, ...queue]);
    }
    const backoff = 1000 /* Limit.FirstRetry */ * 2 ** failures++ * (0.5 + Math.random());
    schedule(Math.min(wait > 0 ? wait + backoff : backoff, 3600000 /* Limit.LongestWait */));
    return false;
}
