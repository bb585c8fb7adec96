import { OpenAIError } from 'openai'
import type { Control } from './control/control.js'
import type { RecordedEvent } from './control/events.js'
import { type Finding, findingsOf } from './control/findings.js'

/** What a response reports about its exchange. */
export type Exchange = {
  /** Absent when the response did not come through the gateway. */
  readonly exchangeId: string | undefined
  readonly sessionId: string | undefined
  /**
   * `allow`, `redact`, …: what policy had decided when the response began. What it decided on a stream that goes on
   * stands in the events.
   */
  readonly decision: string | undefined
  /** Whether the gateway could not be reached, and the provider was asked directly. */
  readonly isDirect: boolean
  /** The exchange's events, from the control API. Waits for the one that completes it. */
  events(): Promise<RecordedEvent[]>
  /** What detectors found in the request and the response. Asks the control API. */
  findings(): Promise<Finding[]>
}

/** Exchanges by the headers of their responses. */
const exchanges = new WeakMap<Headers, Exchange>()

export function rememberExchange(headers: Headers, control: () => Control, isDirect: boolean): void {
  const header = (name: string) => headers.get(name) ?? undefined
  const exchangeId = header('x-airs-exchange-id')
  const events = async () => {
    if (exchangeId !== undefined) return control().events.ofExchange(exchangeId)
    throw new OpenAIError('This response did not come through the AIRS-CP gateway, so nothing was recorded')
  }
  exchanges.set(headers, {
    exchangeId,
    sessionId: header('x-session-id'),
    decision: header('x-airs-decision'),
    isDirect,
    events,
    findings: async () => findingsOf(await events()),
  })
}

export function exchangeOf(headers: Headers | undefined): Exchange | undefined {
  return headers && exchanges.get(headers)
}

/**
 * The exchange of anything that came through the client: a response, a stream, a page, a raw response, an error.
 * @throws TypeError for anything else.
 */
export function airsOf(source: object): Exchange {
  const { airs, headers, response } = source as {
    airs?: Exchange
    headers?: Headers
    response?: { headers?: Headers }
  }
  const found = airs ?? exchangeOf(headers) ?? exchangeOf(response?.headers)
  if (found) return found
  throw new TypeError('This did not come through an AIRSClient')
}
