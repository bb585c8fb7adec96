import type { APIPromise } from 'openai'
import type { AbstractPage } from 'openai/pagination'
import { Stream } from 'openai/streaming'
import { type Exchange, exchangeOf } from './exchange.js'
import { isViolation, PolicyViolation } from './policy-violation.js'

/** The promise, whose result has `airs`, however it is transformed on its way. */
export function marking<Result>(promise: APIPromise<Result>): APIPromise<Result> {
  const unwrap = promise._thenUnwrap.bind(promise)
  promise._thenUnwrap = (transform) =>
    marking(unwrap((data, props) => markResult(transform(data, props), props.response)))
  return promise
}

type PageOf<Page> = new (...args: ConstructorParameters<typeof AbstractPage>) => Page

const markingPages = new WeakSet<object>()

/** The class of a page, whose pages have `airs`. */
export function markingPage<Page extends object>(Page: PageOf<Page>): PageOf<Page> {
  if (markingPages.has(Page)) return Page
  const Marking = class extends (Page as PageOf<object>) {
    constructor(...args: ConstructorParameters<typeof AbstractPage>) {
      super(...args)
      mark(this, exchangeOf(args[1].headers))
    }
  }
  Object.defineProperty(Marking, 'name', { value: Page.name })
  markingPages.add(Marking)
  return Marking as PageOf<Page>
}

/** Sets `airs` on a result, not enumerable: no copy and no JSON contains it. A stream also raises the block that ends it. */
function markResult<Result>(result: Result, { headers }: { headers: Headers }): Result {
  if (typeof result !== 'object' || result === null || Object.hasOwn(result, 'airs')) return result
  const marked = result instanceof Stream ? raisingViolations(result, headers) : result
  mark(marked, exchangeOf(headers))
  return marked as Result
}

export function mark(result: object, exchange: Exchange | undefined): void {
  Object.defineProperty(result, 'airs', { value: exchange, enumerable: false, configurable: true })
}

/** A stream that has begun cannot fail with status 403 any more: its last frame reports the block. */
function raisingViolations(stream: Stream<unknown>, headers: Headers): Stream<unknown> {
  async function* iterate() {
    for await (const item of stream) {
      const violation = (item as { airs?: unknown } | null)?.airs
      if (isViolation(violation)) {
        const error = new PolicyViolation(violation, headers)
        mark(error, exchangeOf(headers))
        throw error
      }
      yield item
    }
  }
  return new Stream(iterate, stream.controller)
}
