import { createSseParser, type JsonObject, type SseFrame, type WireFormat } from '@airs-cp/providers'

export type ReadAnswer = { json: JsonObject | undefined; frames?: SseFrame[] }

export function readPlain(whole: Buffer): ReadAnswer {
  try {
    return { json: JSON.parse(whole.toString('utf8')) as JsonObject }
  } catch {
    return { json: undefined }
  }
}

export function readStream(format: WireFormat, whole: Buffer): ReadAnswer {
  const parser = createSseParser()
  const frames = parser.push(whole)
  const rest = parser.end()
  if (rest) frames.push(rest)
  const assembler = format.createAssembler()
  for (const frame of frames) assembler.push(frame)
  return { json: assembler.result(), frames }
}
