import { atOnce, type Slices } from '@airs-cp/events'
import {
  type BodyDocument,
  createFrameParser,
  frameJson,
  isForm,
  type JsonObject,
  jsonProblem,
  keyConflictInSlices,
  parseBytes,
  readDocuments,
  type SseFrame,
  type WireFormat,
} from '@airs-cp/providers'

export type ReadResponse = {
  json: JsonObject | undefined
  frames?: SseFrame[]
  /** What it consists of, where it is neither one JSON document nor a stream. */
  documents?: readonly BodyDocument[]
  /** The whole as text. */
  written: string
}

/**
 * A response that is no stream: one JSON document, or what its format lets it be besides.
 * @throws where readers may take it for different things: what it says cannot be judged.
 */
export function* readPlain(
  format: WireFormat,
  whole: Buffer,
  contentType: string | undefined,
): Slices<ReadResponse> {
  if (!format.takesDocuments && whole.includes(0))
    throw new Error(
      'it is not UTF-8: no JSON or text in that has a NUL, and other encodings hide what they say',
    )
  const written = whole.toString('utf8').replace(/^\uFEFF/, '')
  const text = written.trim()
  yield
  if (!/^[[{]/.test(text))
    return { json: undefined, written, documents: documentsOf(format, whole, written, contentType) }
  let json: unknown = text.startsWith('{') ? parseBytes(whole) : undefined
  try {
    json ??= JSON.parse(text)
  } catch (error) {
    if (format.takesDocuments)
      return { json: undefined, written, documents: documentsOf(format, whole, written, contentType) }
    throw new Error(`it is no JSON: ${jsonProblem(error)}`)
  }
  yield
  yield* conflictInSlices(text)
  return { json: json as JsonObject, written }
}

/** Of a format whose responses are JSON, anything else is one text. */
function documentsOf(
  { takesDocuments }: WireFormat,
  whole: Buffer,
  written: string,
  contentType: string | undefined,
): BodyDocument[] {
  if (whole.length === 0) return []
  const place = { prefix: '', from: 0, to: whole.length }
  if (!takesDocuments) return [{ ...place, content: 'text', written, isFixed: false }]
  const documents = readDocuments(whole, isForm(contentType) ? undefined : contentType)
  for (const document of documents) if (document.content === 'json') refuseConflict(document.written)
  return documents
}

/** @throws where a frame has data that is no JSON object: what it says cannot be judged. */
export function* readStream(format: WireFormat, whole: Buffer): Slices<ReadResponse> {
  const frames = yield* framesOf(format, whole)
  const assembler = format.createAssembler()
  for (const frame of frames) {
    if (!isReadable(frame)) throw new Error('a frame of it is no JSON object')
    if (frame.data !== '' && frameJson(frame)) refuseConflict(frame.data)
    assembler.push(frame)
    yield
  }
  return { json: assembler.result(), frames, written: '' }
}

export function* framesOf(format: WireFormat, whole: Buffer): Slices<SseFrame[]> {
  const parser = createFrameParser(format, { maxFrameBytes: whole.length + 1 })
  const frames: SseFrame[] = []
  for (let from = 0; from < whole.length; from += chunkBytes) {
    frames.push(...parser.push(whole.subarray(from, from + chunkBytes)))
    yield
  }
  const rest = parser.end()
  if (rest) frames.push(rest)
  return frames
}

/** So many bytes become frames in a millisecond or two. */
const chunkBytes = 64 * 1024

/** A frame with an object, the end of a stream, or without data. */
export function isReadable(frame: SseFrame): boolean {
  const data = frame.data.trim()
  return data === '' || data.startsWith('[DONE]') || frameJson(frame) !== undefined
}

export function refuseConflict(text: string): void {
  atOnce(conflictInSlices(text))
}

/** Readers of a response in the formats' own clients know names by case; only a name that occurs twice is read in two ways. */
export function* conflictInSlices(text: string): Slices<void> {
  const conflict = yield* keyConflictInSlices(text, noFields, 'exact')
  if (conflict) throw new Error(conflict.message)
}

const noFields: ReadonlySet<string> = new Set()
