import {
  findFormat,
  formatOfResponse,
  frameJson,
  type JsonObject,
  noTools,
  type ReadTexts,
  readRequestTexts,
  readResponseTexts,
  type SseFrame,
  type Tools,
  translatorBetween,
  type WireFormat,
} from '@airs-cp/providers'
import { readWholeStream } from './read-whole-stream.ts'

/** One side of an exchange, exactly as the ingress reads it. */
export type ReadSide = ReadTexts & { json: unknown; tools: () => Tools }

const nothing: ReadSide = { json: undefined, texts: [], unscanned: [], tools: () => noTools }

/** A request as policy sees it. @throws when the body cannot be read. */
export function readRequest(format: string | undefined, body: string): ReadSide {
  const wire = findFormat(format)
  if (!wire || body === '') return nothing
  const json = JSON.parse(body) as JsonObject
  return { json, ...readRequestTexts(wire, json, body), tools: () => wire.requestTools(json) }
}

/** A response as policy sees it, a stream put together. @throws when the body cannot be read. */
export function readResponse(format: string | undefined, body: string): ReadSide {
  const text = body.trimStart()
  const client = findFormat(format)
  if (!client || text === '') return nothing
  const isPlain = text.startsWith('{') || (text.startsWith('[') && !client.listsFrames)
  const frames = isPlain ? undefined : readWholeStream(text)
  const plain = frames ? undefined : (JSON.parse(text) as JsonObject)
  const wire = respondedFormat(client, plain ? [plain] : frames!.values().map(frameJson))
  const json = plain ?? assemble(wire, frames!)
  return json ? { json, ...readResponseTexts(wire, json), tools: () => wire.responseTools(json) } : nothing
}

function assemble(wire: WireFormat, frames: SseFrame[]): JsonObject | undefined {
  const assembler = wire.createAssembler()
  for (const frame of frames) assembler.push(frame)
  return assembler.result()
}

/** A response that is here only as the provider sent it, before its translation, is in the provider's format. */
function respondedFormat(client: WireFormat, objects: Iterable<JsonObject | undefined>): WireFormat {
  for (const json of objects) {
    if (!json) continue
    if (client.isResponse(json)) return client
    const other = formatOfResponse(json)
    if (other && translatorBetween(client.id, other.id)) return other
  }
  return client
}
