import {
  type AnyEvent,
  bodyBytes,
  contentFinder,
  eventTypes,
  openingTypes,
  outcomeTypes,
  parseEvent,
  type RecordedBody,
  type RecordedContent,
  sha256Hex,
} from '@airs-cp/events'
import { type Digest, digestOf } from './send-exchange.ts'

export type RecordedPart = {
  id: string
  type: string
  timeMs: number
  journal: string | undefined
  sequence: number | undefined
  body: Digest | undefined
}
export type RecordedExchange = {
  exchange: string
  session: string
  marker: string | undefined
  openings: RecordedPart[]
  outcomes: RecordedPart[]
}
/** `lost`: numbers that mode `best-effort` has recorded as lost. */
export type RecordedJournal = {
  events: number
  highest: number
  sequences: Set<number>
  lost: Set<number>
}

/** What is recorded, read event by event and reduced to what can be compared. Bodies are put together and digested. */
export type Ledger = {
  /** SHA-256 of each event's exact text, by event id, with its time. */
  events: Map<string, { digest: string; type: string; timeMs: number }>
  exchanges: Map<string, RecordedExchange>
  byMarker: Map<string, RecordedExchange>
  journals: Map<string, RecordedJournal>
  /** What must not be: an event twice, two in one place, bytes that are not there. */
  problems: string[]
  add: (json: string) => void
  /** Puts bodies together that refer to content, which may have come later than they. */
  complete: () => void
}

const openings = new Set<string>(openingTypes)
const outcomes = new Set<string>(outcomeTypes)

export function createLedger(): Ledger {
  const contents = new Map<string, RecordedContent>()
  let waiting: { part: RecordedPart; body: RecordedBody }[] = []
  const ledger: Ledger = {
    events: new Map(),
    exchanges: new Map(),
    byMarker: new Map(),
    journals: new Map(),
    problems: [],
    add(json) {
      const event = parseEvent(json)
      if (ledger.events.has(event.id)) ledger.problems.push(`event ${event.id} is there twice`)
      const timeMs = Date.parse(event.time)
      ledger.events.set(event.id, { digest: sha256Hex(json), type: event.type, timeMs })
      notePlace(event)
      noteLosses(event)
      noteExchange(event)
    },
    complete() {
      const left: typeof waiting = []
      for (const { part, body } of waiting) {
        try {
          part.body = digestOf(
            bodyBytes(
              body,
              contentFinder((sha256) => contents.get(sha256)),
            ),
          )
        } catch {
          left.push({ part, body })
        }
      }
      waiting = left
    },
  }

  function notePlace({ id, journal, sequence }: AnyEvent): void {
    if (journal === undefined || sequence === undefined) return
    const known = journalOf(journal)
    if (known.sequences.has(sequence))
      ledger.problems.push(`event ${id} is the second with number ${sequence} of journal ${journal}`)
    known.sequences.add(sequence)
    known.events++
    known.highest = Math.max(known.highest, sequence)
  }

  function journalOf(journal: string): RecordedJournal {
    const known = ledger.journals.get(journal) ?? {
      events: 0,
      highest: 0,
      sequences: new Set(),
      lost: new Set(),
    }
    ledger.journals.set(journal, known)
    return known
  }

  function noteLosses(event: AnyEvent): void {
    if (event.type !== eventTypes.journalDamaged || event.data.recording !== 'best-effort') return
    const { lost } = journalOf(event.data.journal)
    for (let sequence = event.data.from; sequence <= event.data.to; sequence++) lost.add(sequence)
  }

  function noteExchange(event: AnyEvent): void {
    if (event.type === eventTypes.contentRecorded) contents.set(event.data.sha256, event.data)
    const isOpening = openings.has(event.type)
    if (event.exchange === undefined || (!isOpening && !outcomes.has(event.type))) return
    const recorded = ledger.exchanges.get(event.exchange) ?? {
      exchange: event.exchange,
      session: event.session ?? '',
      marker: undefined,
      openings: [],
      outcomes: [],
    }
    ledger.exchanges.set(event.exchange, recorded)
    const { id, type, journal, sequence } = event
    const part: RecordedPart = {
      id,
      type,
      timeMs: Date.parse(event.time),
      journal,
      sequence,
      body: undefined,
    }
    ;(isOpening ? recorded.openings : recorded.outcomes).push(part)
    const body = bodyOf(event)
    if (body) waiting.push({ part, body })
    if ('tags' in event.data && event.data.tags[0] !== undefined) {
      recorded.marker = event.data.tags[0]
      ledger.byMarker.set(recorded.marker, recorded)
    }
  }
  return ledger
}

/** What the client sent or got. */
function bodyOf({ data }: AnyEvent): RecordedBody | undefined {
  if ('request' in data) return data.request.body
  if ('delivered' in data && data.delivered) return data.delivered.body
  return 'body' in data ? data.body : undefined
}

/** Numbers up to the highest that are missing, and not on record as lost. */
export function missingFrom({ highest, sequences, lost }: RecordedJournal): number[] {
  const missing: number[] = []
  for (let sequence = 1; sequence <= highest; sequence++)
    if (!sequences.has(sequence) && !lost.has(sequence)) missing.push(sequence)
  return missing
}
