import { formatOfResponse } from '../formats.ts'
import { type JsonObject, parseBytes, stringOf } from '../json.ts'
import { createFrameParser } from '../list-frames.ts'
import { frameJson } from '../sse.ts'
import type { StreamAssembler, WireFormat } from '../wire-format.ts'
import type { ResponseTurns } from './turn.ts'

/**
 * What a response says, plain or streamed. Its format is read from the response itself, so that it can be read without the
 * request. What is not a response of a model (an error, a list of models, junk) says nothing.
 */
export function readResponseTurns(bytes: Buffer): ResponseTurns {
  const response = readResponse(bytes)
  if (!response) return { turns: [] }
  const id = stringOf(response.id)
  const turns = formatOfResponse(response)?.responseTurns(response) ?? []
  return { turns, ...(id !== undefined && { id }) }
}

/** A response of a model, assembled where it was a stream; undefined for what is none. */
export function assembledResponse(bytes: Buffer): { json: JsonObject; format: WireFormat } | undefined {
  const json = readResponse(bytes)
  const format = json && formatOfResponse(json)
  return format && { json, format }
}

function readResponse(bytes: Buffer): JsonObject | undefined {
  return bytes[0] === openingBrace ? parseBytes(bytes) : assemble(bytes)
}

const openingBrace = 0x7b

/** Frames that any stream may have, such as comments and pings, are passed over until one shows the format. */
function assemble(bytes: Buffer): JsonObject | undefined {
  const parser = createFrameParser({ listsFrames: true }, { maxFrameBytes: bytes.length + 1, inPieces: true })
  const frames = parser.push(bytes)
  const last = parser.end()
  if (last) frames.push(last)
  let assembler: StreamAssembler | undefined
  for (const frame of frames) {
    const json = assembler ? undefined : frameJson(frame)
    if (json) assembler = formatOfResponse(json)?.createAssembler()
    assembler?.push(frame)
  }
  return assembler?.result()
}
