import type { APIPromise } from 'openai'
import type { AbstractPage } from 'openai/pagination'
import { Stream } from 'openai/streaming'
import { type Exchange, exchangeOf } from './exchange.js'
import { isViolation, PolicyViolation } from './policy-violation.js'

/** The promise, whose answer has `airs`, whatever else is made of it on its way. */
export function marking<Answer>(promise: APIPromise<Answer>): APIPromise<Answer> {
  const unwrap = promise._thenUnwrap.bind(promise)
  promise._thenUnwrap = (transform) =>
    marking(unwrap((data, props) => markAnswer(transform(data, props), props.response)))
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

/** Sets `airs` on an answer, where it is in no copy and no JSON of it. A stream also raises the block that ends it. */
function markAnswer<Answer>(answer: Answer, { headers }: { headers: Headers }): Answer {
  if (typeof answer !== 'object' || answer === null || Object.hasOwn(answer, 'airs')) return answer
  const marked = answer instanceof Stream ? raisingViolations(answer, headers) : answer
  mark(marked, exchangeOf(headers))
  return marked as Answer
}

export function mark(answer: object, exchange: Exchange | undefined): void {
  Object.defineProperty(answer, 'airs', { value: exchange, enumerable: false, configurable: true })
}

/** A stream that has begun cannot answer 403 any more: the frame that ends it tells of the block. */
function raisingViolations(stream: Stream<unknown>, headers: Headers): Stream<unknown> {
  async function* iterate() {
    for await (const item of stream) {
      const told = (item as { airs?: unknown } | null)?.airs
      if (isViolation(told)) {
        const error = new PolicyViolation(told, headers)
        mark(error, exchangeOf(headers))
        throw error
      }
      yield item
    }
  }
  return new Stream(iterate, stream.controller)
}
