import { isUtf8 } from 'node:buffer'
import {
  type AnyEvent,
  cutBytes,
  type EventOmitted,
  type EventType,
  eventTypes,
  fitData,
  parseEventIfAny,
  pieceBytes,
  type RecordedBody,
  type RecordedContent,
  sha256Hex,
  trafficSubject,
  uuidFrom,
  writeContent,
} from '@airs-cp/events'
import type { JournalRecord } from '@airs-cp/journal'

/** What is published. */
export type Message = { subject: string; id: string; event: Buffer }

/** The rest of an event beside its data, and the headers of a message. */
const envelopeBytes = 8 * 1024
/** A piece in base64, with its envelope, fits into a message of this part of the limit. */
const pieceParts = 2.5

/**
 * What goes to JetStream for a journal entry that it does not take, in order: the pieces of the entry's bytes as
 * content events without a place in the journal, and last an event in the entry's place that refers to them. That is the
 * same event with its data cut, or, where that is no event of ours, `event-omitted`. All ids follow from the entry, so
 * that what is shipped again is the same.
 * @param limitBytes of a message.
 */
export function substitutesOf(
  journal: string,
  { sequence, timeMs, subject, id, event }: JournalRecord,
  limitBytes: number,
  reason: string,
): Message[] {
  const known = parseEventIfAny(event.toString('utf8'))
  const place: Place = known ?? placeOf(journal, subject, timeMs)
  const bytes = known ? Buffer.from(JSON.stringify(known.data)) : event
  const { pieces, body } = recordByReference(place, [journal, String(sequence)], bytes, limitBytes)
  if (known) {
    const data = fitData({ ...known.data, whole: body }, limitBytes - envelopeBytes)
    return [...pieces, messageOf({ ...known, data }, known.type)]
  }
  const data: EventOmitted = { event: id, subject, reason: reason.slice(0, 1_000), body }
  const omitted = {
    ...place,
    id: uuidFrom('event-omitted', journal, String(sequence)),
    journal,
    sequence,
    data,
  }
  return [...pieces, messageOf(omitted, eventTypes.eventOmitted)]
}

type Place = Pick<AnyEvent, 'source' | 'tenant' | 'time'> & {
  session?: string | undefined
  exchange?: string | undefined
}

/** Where an entry belongs that cannot be read. */
function placeOf(journal: string, subject: string, timeMs: number): Place {
  const tenant = /^airs\.traffic\.([a-z0-9-]+)\./.exec(subject)?.[1] ?? 'default'
  return { source: `/airs/ingress/journal/${journal}`, tenant, time: new Date(timeMs).toISOString() }
}

function recordByReference(
  place: Place,
  entry: string[],
  bytes: Buffer,
  limitBytes: number,
): { pieces: Message[]; body: RecordedBody } {
  const size = Math.min(pieceBytes, Math.floor((limitBytes - envelopeBytes) / pieceParts))
  const contents = [...cutBytes(bytes, size)].map(
    (piece): RecordedContent => JSON.parse(writeContent(piece).join('')),
  )
  const { source, tenant, time, session, exchange } = place
  const pieces = contents.map((data, index) =>
    messageOf(
      { source, tenant, time, session, exchange, id: uuidFrom('content', ...entry, String(index)), data },
      eventTypes.contentRecorded,
    ),
  )
  const body = {
    mediaType: isUtf8(bytes) ? 'application/json' : 'application/octet-stream',
    bytes: bytes.length,
    sha256: sha256Hex(bytes),
    parts: contents.map(({ sha256, bytes }) => ({ sha256, bytes })),
  }
  return { pieces, body }
}

function messageOf(
  event: Place & { id: string; journal?: string | undefined; sequence?: number | undefined; data: object },
  type: EventType,
): Message {
  const { id, source, tenant, time, session, exchange, journal, sequence, data } = event
  const envelope = {
    specversion: '1.0',
    id,
    type,
    source,
    ...(exchange !== undefined && { subject: exchange }),
    time,
    datacontenttype: 'application/json',
    tenant,
    session,
    exchange,
    journal,
    sequence,
    data,
  }
  return {
    subject: trafficSubject(tenant, session ?? source, type),
    id,
    event: Buffer.from(JSON.stringify(envelope)),
  }
}
