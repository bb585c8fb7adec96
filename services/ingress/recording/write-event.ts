import { type EventType, maxEventBytes, trafficSubject, uuidv7 } from '@airs-cp/events'
import type { BuildEntry, EventText } from '@airs-cp/journal'

/** Where an event comes from; the same for all of one exchange. */
export type EventPlace = {
  source: string
  tenant: string
  /** Decides on the partition; an attribute of the event only where there is an exchange. */
  session: string
  /** Whose session it is. */
  caller?: string | undefined
  exchange?: string
  traceparent?: string | undefined
}

/** An event that is larger than JetStream takes. It is not recorded, so what it is about must not happen. */
export class EventTooLargeError extends Error {
  constructor(type: EventType, bytes: number) {
    super(`An event of type ${type} has ${bytes} bytes; ${maxEventBytes} is the most`)
    this.name = 'EventTooLargeError'
  }
}

/**
 * Builds the entry of an event, and throws EventTooLargeError.
 * @param data the JSON of an object; `members` of its data come before it.
 */
export type WriteEvent = (type: EventType, data: EventText, members?: string) => BuildEntry

/**
 * Writes events as CloudEvents (see `Envelope`). What the events of one exchange have in common is written once; only
 * their data go through `JSON.stringify`, which costs more than all the rest.
 */
export function createEventWriter(place: EventPlace): WriteEvent {
  const { source, tenant, session, caller, exchange, traceparent } = place
  const afterType = `","source":${JSON.stringify(source)}${member('subject', exchange)},"time":"`
  const afterTime =
    `","datacontenttype":"application/json","tenant":"${tenant}"` +
    `${exchange === undefined ? '' : member('session', session) + member('caller', caller)}${member('exchange', exchange)},"journal":"`
  const beforeData = `${member('traceparent', traceparent)},"data":{`
  return (type, data, members = '') =>
    (journal, sequence) => {
      const id = uuidv7()
      const [first = '', ...rest] = typeof data === 'string' ? [data] : data
      const own = first.slice(1)
      const separator = members === '' || own === '}' ? '' : ','
      const envelope =
        `{"specversion":"1.0","id":"${id}","type":"${type}${afterType}${isoTime(Date.now())}${afterTime}` +
        `${journal}","sequence":${sequence}${beforeData}${members}${separator}`
      const event = [envelope, own, ...rest, '}']
      refuseTooLarge(type, event)
      return { subject: trafficSubject(tenant, session, type), id, event }
    }
}

/** @throws EventTooLargeError */
function refuseTooLarge(type: EventType, pieces: readonly string[]): void {
  let characters = 0
  for (const { length } of pieces) characters += length
  if (characters * 3 <= maxEventBytes) return
  const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0)
  if (bytes > maxEventBytes) throw new EventTooLargeError(type, bytes)
}

/** Whether a text has at most so many bytes as UTF-8; hardly ever has to count them. */
export function fitsInto(text: string, bytes: number): boolean {
  return text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes
}

function member(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`
}

let lastSecond = Number.NaN
/** As far as the point before the milliseconds. */
let isoSecond = ''

/** Many events share a second, and hardly any two a millisecond. */
function isoTime(nowMs: number): string {
  const second = Math.floor(nowMs / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    isoSecond = new Date(second * 1000).toISOString().slice(0, -4)
  }
  const ms = nowMs - second * 1000
  return `${isoSecond}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`
}
