import {
  type ContentReference,
  eventTypes,
  type RecordedBody,
  type RecordingMode,
  recordBody,
  roundedMs,
  type Slices,
  sha256Hex,
  type TrafficEvent,
} from '@airs-cp/events'
import type { BuildEntry, Journal } from '@airs-cp/journal'
import { createKeyedDigest, inTurns } from '@airs-cp/policy-engine'
import { coverSaid } from '../decision/cover-words.ts'
import type { Cover, Covered, Exchange } from '../exchange.ts'
import { NotReplicatedError } from '../shipping/not-replicated-error.ts'
import { type BodyRecorder, createBodyRecorder, stepBytes } from './body-recorder.ts'
import {
  digestInSlices,
  inlineBytes,
  largeBodyInSlices,
  type Piece,
  type StoreContent,
} from './content-pieces.ts'
import { createConversations, smallestBytes } from './conversations.ts'
import { fitToEvent } from './fit-to-event.ts'
import { createEventWriter, type WriteEvent } from './write-event.ts'

/** The data of an event, but for what the recorder adds. */
export type RecordedData<Type extends TrafficEvent['type']> = Omit<
  Extract<TrafficEvent, { type: Type }>['data'],
  'recording'
>

/** Records one exchange. Nothing may be sent on before the promise of the event that reports it has resolved. */
export type ExchangeRecorder = {
  /** What is recorded of content; until something is known of it, as of what no policy has judged. */
  cover(): Cover
  /** @returns itself. */
  coverBy(cover: Cover): ExchangeRecorder
  /**
   * Records a body that is here as a whole, as it is covered; its bytes are safe when the next event is. A large one is recorded in
   * turns.
   * @param conversation of the session, whose bodies repeat each other.
   */
  body(
    bytes: Buffer,
    mediaType: string,
    covered: Covered,
    conversation?: string,
  ): RecordedBody | Promise<RecordedBody>
  /** Takes a body that arrives in chunks. Where the cover keeps it, it is recorded by `settle` at the latest. */
  openBody(): BodyRecorder
  /** What is recorded of a body of `openBody`, now that it is known. */
  settle(
    body: RecordedBody,
    covered: (bytes: Buffer) => Covered | Promise<Covered>,
  ): RecordedBody | Promise<RecordedBody>
  /**
   * Records an event, in the way that the recording mode promises.
   * @throws JournalUnavailableError, or NotReplicatedError in mode `replicated`; neither in mode `best-effort`.
   */
  event<Type extends TrafficEvent['type']>(type: Type, data: RecordedData<Type>): Promise<void>
  /** Whether the event that ends the exchange is recorded: there is no other one. */
  isEnded(): boolean
}

export type Recorder = {
  open(exchange: Exchange): ExchangeRecorder
  /** Records a fact about this ingress itself: in every mode, on disk when it resolves. @throws JournalUnavailableError */
  fact<Type extends FactType>(type: Type, data: RecordedData<Type>): Promise<void>
  /** Content that was recorded before may be erased: from now on it is recorded again, and not referred to. */
  forgetContents(): void
}

type FactType =
  | typeof eventTypes.ingressStarted
  | typeof eventTypes.journalDamaged
  | typeof eventTypes.journalPurged
  | typeof eventTypes.policySetActivated
  | typeof eventTypes.policySetRejected
  | typeof eventTypes.mcpToolsPinned
  | typeof eventTypes.mcpToolDrifted
  | typeof eventTypes.mcpToolRestored

/** Of a response that must be judged before it is recorded. Of a longer one no content is recorded. */
export const mostHeldBytes = 16 * 1024 * 1024

function digestOf(bytes: Buffer): string | Promise<string> {
  return bytes.length <= inlineBytes ? sha256Hex(bytes) : inTurns(digestInSlices(bytes))
}

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
  digestKey,
  coverOfUnjudged,
}: {
  journal: Journal
  mode: RecordingMode
  source: string
  tenant: string
  replicated: (journal: string, sequence: number) => Promise<void>
  /** Keys the digests of what is not recorded. */
  digestKey: string
  coverOfUnjudged: (exchange: Exchange) => Cover
}): Recorder {
  const keyedDigest = createKeyedDigest(digestKey)
  const known = new Map<string, string>()
  const conversations = createConversations()
  /** How often what was recorded was forgotten. */
  let forgotten = 0
  const forget = () => {
    forgotten += 1
    conversations.clear()
  }

  const placeNow = () => `${journal.id} ${new Date().toISOString().slice(0, 10)}`
  const recording = `"recording":"${mode}"`
  const writeFact = createEventWriter({ source, tenant, session: source })

  /** In mode `best-effort` nobody waits for the disk. */
  const room = mode === 'best-effort' ? undefined : () => journal.room()

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
    forgetContents() {
      known.clear()
      forget()
    },
    open(exchange) {
      const contents: Promise<unknown>[] = []
      let opened = false
      let ended = false
      const { id, tenant, caller, traceparent } = exchange
      let writer: WriteEvent | undefined
      /** The session stands when the first event is written. */
      const write: WriteEvent = (...event) => {
        writer ??= createEventWriter({
          ...{ source, tenant, session: exchange.session, caller, exchange: id, traceparent },
        })
        return writer(...event)
      }

      /**
       * Stored once per journal and day, so that the export of any whole day has all that its events refer to. In mode
       * `best-effort` nobody knows whether it was stored, so each exchange stores its own.
       * @param conversation who alone refers to it; without, everybody does.
       */
      function store({ sha256, bytes, json }: Piece, conversation = ''): ContentReference {
        const reference = { sha256, bytes }
        const place = placeNow()
        const key = `${conversation}\n${sha256}`
        if (mode !== 'best-effort' && known.get(key) === place) return reference
        known.delete(key)
        known.set(key, place)
        if (known.size > rememberedContents) known.delete(known.keys().next().value!)
        const written = append(write(eventTypes.contentRecorded, json()), opened)
        written?.catch(() => {
          known.delete(key)
          forget()
        })
        if (written) contents.push(written)
        return reference
      }

      const storeAll = (pieces: readonly Piece[]) => {
        const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0)
        return bytes > stepBytes ? inTurns(storeInSlices(pieces, store)) : pieces.map((piece) => store(piece))
      }

      const whole = (bytes: Buffer, mediaType: string, storeText = store) =>
        bytes.length <= inlineBytes
          ? recordBody(bytes, mediaType)
          : inTurns(largeBodyInSlices(bytes, mediaType, store, storeText))

      /** What repeats earlier bodies of this session refers to what is recorded of them. */
      async function repeating(
        bytes: Buffer,
        mediaType: string,
        conversation: string | undefined,
      ): Promise<RecordedBody> {
        if (conversation === undefined || bytes.length < smallestBytes || mode === 'best-effort')
          return whole(bytes, mediaType)
        const session = JSON.stringify([exchange.tenant, exchange.caller, exchange.session])
        const name = `${session} ${conversation}`
        const place = placeNow()
        const storeOwn = (piece: Piece) => store(piece, session)
        const parts = conversations.parts(name, place, bytes, storeOwn)
        if (parts) return { mediaType, bytes: bytes.length, sha256: await digestOf(bytes), parts }
        const before = forgotten
        const body = await whole(bytes, mediaType, storeOwn)
        // What was forgotten meanwhile may be erased, or was not recorded.
        if (body.base64 === undefined && before === forgotten)
          conversations.remember(name, place, bytes, body.parts ?? [bytes.toString('utf8')])
        return body
      }

      let cover: Cover | undefined
      const coverNow = () => {
        cover ??= coverOfUnjudged(exchange)
        return cover
      }

      /** The pieces of bodies that are not recorded yet; undefined of one that was too long to be kept. */
      const kept = new Map<string, Piece[] | undefined>()

      async function coveredBody(
        covered: Buffer | null,
        { mediaType, bytes, sha256 }: Pick<RecordedBody, 'mediaType' | 'bytes' | 'sha256'>,
        conversation?: string,
      ): Promise<RecordedBody> {
        const recorded = covered === null ? 'nothing' : 'masked'
        return {
          ...(await repeating(covered ?? Buffer.alloc(0), mediaType, conversation)),
          original: { bytes, digest: keyedDigest(`${id}\n${sha256}`), recorded },
        }
      }

      function keptBytes(body: RecordedBody): Buffer | undefined {
        if (body.text !== undefined) return Buffer.from(body.text)
        if (body.base64 !== undefined) return Buffer.from(body.base64, 'base64')
        const pieces = kept.get(body.sha256)
        return pieces && body.recordedBytes === undefined
          ? Buffer.concat(pieces.map(({ data }) => data))
          : undefined
      }

      /** Its request is on disk and goes to nobody: without an outcome the exchange would stay open. */
      function appendRefused(provider: string, { message }: NotReplicatedError): void {
        const refused: RecordedData<typeof eventTypes.responseFailed> = {
          ...{ provider, keyId: exchange.key?.id, stream: false, attempts: [], status: 503 },
          error: { code: 'audit_unavailable', message },
          timing: { durationMs: roundedMs(performance.now() - exchange.startedAtMs) },
        }
        const event = write(eventTypes.responseFailed, fitToEvent(refused), recording)
        // Where not even that can be written, the next start closes it.
        journal.append(event, { finishing: true }).catch(() => {})
      }

      const recorder: ExchangeRecorder = {
        cover: coverNow,
        coverBy(decided) {
          cover = decided
          return recorder
        },
        async body(bytes, mediaType, covered, conversation) {
          if (covered === undefined) return repeating(bytes, mediaType, conversation)
          const original = { mediaType, bytes: bytes.length, sha256: await digestOf(bytes) }
          return coveredBody(covered, original, conversation)
        },
        openBody() {
          const { keeps } = coverNow()
          if (keeps === 'at-once') return createBodyRecorder(store, room)
          const pieces: Piece[] = []
          let leftBytes = keeps === 'held' ? mostHeldBytes : 0
          const holding = createBodyRecorder((piece) => {
            const { sha256, bytes } = piece
            leftBytes -= bytes
            if (leftBytes >= 0) pieces.push(piece)
            else pieces.length = 0
            return { sha256, bytes }
          })
          return {
            ...holding,
            finish(mediaType) {
              const body = holding.finish(mediaType)
              if (body.parts) kept.set(body.sha256, leftBytes >= 0 ? pieces : undefined)
              return body
            },
          }
        },
        async settle(body, coveredOf) {
          const { keeps } = coverNow()
          if (keeps === 'at-once' || body.bytes === 0) return body
          const bytes = keeps === 'held' ? keptBytes(body) : undefined
          const covered = bytes ? await coveredOf(bytes) : null
          if (covered !== undefined) return coveredBody(covered, body)
          // Another body of these bytes, such as the one that the client got, may have come in other chunks: its pieces are other ones.
          const pieces = kept.get(body.sha256)
          return pieces ? { ...body, parts: await storeAll(pieces) } : body
        },
        async event(type, data) {
          const { words } = coverNow()
          const covered = words ? coverSaid(data, words) : data
          const fitting = fitToEvent(covered, (json) => whole(json, 'application/json'))
          const fitted = typeof fitting === 'string' ? fitting : await fitting
          const finishing = opened
          opened = true
          const written = append(write(type, fitted, recording), finishing)
          const all = contents.length > 0 ? Promise.all([written, ...contents.splice(0)]) : written
          try {
            await (exchange.trace?.step('append to journal', () => all, { 'airs.event.type': type }) ?? all)
          } catch (error) {
            if (error instanceof NotReplicatedError && type === eventTypes.requestReceived)
              appendRefused((data as object as { provider: string }).provider, error)
            throw error
          }
          ended ||= type !== eventTypes.requestReceived
        },
        isEnded: () => ended,
      }
      return recorder
    },
  }
}

function* storeInSlices(pieces: readonly Piece[], store: StoreContent): Slices<ContentReference[]> {
  const parts: ContentReference[] = []
  for (const piece of pieces) {
    parts.push(store(piece))
    yield
  }
  return parts
}
