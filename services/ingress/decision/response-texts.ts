import type { Slices } from '@airs-cp/events'
import type { EvaluationContext } from '@airs-cp/policy-engine'
import {
  editDocuments,
  type ReadTexts,
  readDocumentTexts,
  responseTextsInSlices,
  rewriteResponse,
  rewriteStream,
  type TextEdit,
  type WireFormat,
} from '@airs-cp/providers'
import type { ReadResponse } from './read-response.ts'

/** What a policy sees of a response. */
export function* textsOfResponse(
  format: WireFormat,
  { json, frames, documents, written }: ReadResponse,
  { requestSays }: Pick<EvaluationContext, 'requestSays'>,
): Slices<ReadTexts> {
  if (json) return yield* responseTextsInSlices(format, json, frames ? undefined : written, requestSays)
  return documents ? readDocumentTexts(documents, format, 'response') : { texts: [], unscanned: [] }
}

/** The response with texts changed. @throws where it cannot be made to say that. */
export function rewriteTexts(
  format: WireFormat,
  { frames, documents, written }: ReadResponse,
  texts: ReadTexts['texts'],
  edits: readonly TextEdit[],
  whole: Buffer,
): Buffer {
  if (documents) return editDocuments(whole, documents, texts, edits)
  if (!frames) return Buffer.from(rewriteResponse(format, written, texts, edits))
  return Buffer.concat(rewriteStream(format, frames, texts, edits).map((frame) => frame.raw))
}
