import {
  createSseParser,
  frameJson,
  type JsonObject,
  parseObject,
  type SseFrame,
  type WireFormat,
} from '@airs-cp/providers'

export type ReadResponse = { json: JsonObject | undefined; frames?: SseFrame[] }

/** A response that is no JSON object has no `json`: it is one text. */
export function readPlain(whole: Buffer): ReadResponse {
  return { json: parseObject(whole.toString('utf8')) }
}

/** @throws where a frame has data that is no JSON object: what it says cannot be judged. */
export function readStream(format: WireFormat, whole: Buffer): ReadResponse {
  const parser = createSseParser()
  const frames = parser.push(whole)
  const rest = parser.end()
  if (rest) frames.push(rest)
  const assembler = format.createAssembler()
  for (const frame of frames) {
    if (frame.data !== '' && frame.data !== '[DONE]' && !frameJson(frame))
      throw new Error('a frame of it is no JSON object')
    assembler.push(frame)
  }
  return { json: assembler.result(), frames }
}
