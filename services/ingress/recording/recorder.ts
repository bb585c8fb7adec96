import {
  type ContentReference,
  eventTypes,
  type RecordedBody,
  type RecordedContent,
  type RecordingMode,
  recordBody,
  type TrafficEvent,
} from '@airs-cp/events'
import type { BuildEntry, Journal } from '@airs-cp/journal'
import type { Exchange } from '../exchange.ts'
import { type BodyRecorder, createBodyRecorder } from './body-recorder.ts'
import { inlineBytes, recordLargeBody } from './content-pieces.ts'
import { fitToEvent } from './fit-to-event.ts'
import { createEventWriter } from './write-event.ts'

/** The data of an event, but for what the recorder adds. */
export type RecordedData<Type extends TrafficEvent['type']> = Omit<
  Extract<TrafficEvent, { type: Type }>['data'],
  'recording'
>

/** Records one exchange. Nothing may be sent on before the promise of the event that tells of it has resolved. */
export type ExchangeRecorder = {
  /** Records a body that is here as a whole; its bytes are safe when the next event is. */
  body(bytes: Buffer, mediaType: string): RecordedBody
  /** Records a body that arrives in chunks. */
  openBody(): BodyRecorder
  /**
   * Records an event, in the way that the recording mode promises.
   * @throws JournalUnavailableError, or NotReplicatedError in mode `replicated`; neither in mode `best-effort`.
   */
  event<Type extends TrafficEvent['type']>(type: Type, data: RecordedData<Type>): Promise<void>
}

export type Recorder = {
  open(exchange: Exchange): ExchangeRecorder
  /** Records a fact about this ingress itself: in every mode, on disk when it resolves. @throws JournalUnavailableError */
  fact<Type extends FactType>(type: Type, data: RecordedData<Type>): Promise<void>
}

type FactType =
  | typeof eventTypes.ingressStarted
  | typeof eventTypes.journalDamaged
  | typeof eventTypes.policySetActivated
  | typeof eventTypes.policySetRejected
  | typeof eventTypes.mcpToolsPinned
  | typeof eventTypes.mcpToolDrifted

/** Digests that were recorded lately, and where: such content is referred to and not recorded again. */
const rememberedContents = 4_096

/**
 * @param replicated resolves when JetStream has acknowledged that sequence of that journal.
 */
export function createRecorder({
  journal,
  mode,
  source,
  tenant,
  replicated,
}: {
  journal: Journal
  mode: RecordingMode
  source: string
  tenant: string
  replicated: (journal: string, sequence: number) => Promise<void>
}): Recorder {
  const known = new Map<string, string>()

  const recording = `"recording":"${mode}"`
  const writeFact = createEventWriter({ source, tenant, session: source })

  /** In mode `best-effort` undefined: there is nothing to wait for. */
  function append(build: BuildEntry, finishing: boolean): Promise<unknown> | undefined {
    if (mode === 'best-effort') {
      journal.appendUnsynced(build)
      return undefined
    }
    const appended = journal.append(build, { finishing })
    return mode === 'replicated'
      ? appended.then(({ journal: id, sequence }) => replicated(id, sequence))
      : appended
  }

  return {
    async fact(type, data) {
      await journal.append(writeFact(type, fitToEvent(data), recording), { finishing: true })
    },
    open(exchange) {
      const contents: Promise<unknown>[] = []
      let opened = false
      const { id, session, caller, traceparent } = exchange
      const write = createEventWriter({
        source,
        tenant: exchange.tenant,
        session,
        caller,
        exchange: id,
        traceparent,
      })

      /**
       * Stored once per journal and day, so that the export of any whole day has all that its events refer to. In mode
       * `best-effort` nobody knows whether it was stored, so each exchange stores its own.
       */
      function store(content: RecordedContent): ContentReference {
        const reference = { sha256: content.sha256, bytes: content.bytes }
        const place = `${journal.id} ${new Date().toISOString().slice(0, 10)}`
        if (mode !== 'best-effort' && known.get(content.sha256) === place) return reference
        known.delete(content.sha256)
        known.set(content.sha256, place)
        if (known.size > rememberedContents) known.delete(known.keys().next().value!)
        const written = append(write(eventTypes.contentRecorded, JSON.stringify(content)), opened)
        written?.catch(() => known.delete(content.sha256))
        if (written) contents.push(written)
        return reference
      }

      const body = (bytes: Buffer, mediaType: string) =>
        bytes.length <= inlineBytes ? recordBody(bytes, mediaType) : recordLargeBody(bytes, mediaType, store)

      return {
        body,
        openBody: () => createBodyRecorder(store),
        async event(type, data) {
          const fitted = fitToEvent(data, (whole) => body(whole, 'application/json'))
          const finishing = opened
          opened = true
          const written = append(write(type, fitted, recording), finishing)
          const all = contents.length > 0 ? Promise.all([written, ...contents.splice(0)]) : written
          await (exchange.trace?.step('append to journal', () => all, { 'airs.event.type': type }) ?? all)
        },
      }
    },
  }
}
