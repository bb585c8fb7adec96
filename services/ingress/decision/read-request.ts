import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import type { Slices } from '@airs-cp/events'
import {
  type BodyDocument,
  documentConflict,
  editDocuments,
  editRequestTexts,
  formModelConflict,
  type KeyConflict,
  keyConflictInSlices,
  modelConflictInSlices,
  type ReadTexts,
  readDocumentTexts,
  requestTextsInSlices,
  type TextEdit,
  type WireFormat,
} from '@airs-cp/providers'
import type { Exchange, Understood } from '../exchange.ts'
import { editRequestLine, isInRequestLine, requestLineTexts } from './request-line.ts'

/** What a request says, and where its body may be read in two ways. */
export type ReadRequest = ReadTexts & { conflict?: KeyConflict }

/**
 * All that a request says: what stands in its body, its query and its headers. A body that two readers may read differently has
 * a `conflict`: its provider may read what no policy saw. In slices.
 * @param headers those that are forwarded.
 */
export function* readRequest(
  { json, written, format, documents }: Understood,
  exchange: Pick<Exchange, 'query' | 'route'>,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Slices<ReadRequest> {
  const line = requestLineTexts(exchange, headers, format)
  if (documents) return readParts(documents, format, line)
  if (!json || written === undefined) return { texts: line, unscanned: [] }
  const conflict = yield* conflictOf(format, written, body)
  const { texts, unscanned } = yield* requestTextsInSlices(format, json, written)
  const all = [...texts, ...line]
  if (!conflict) return { texts: all, unscanned }
  const ambiguous = { path: conflict.path, kind: 'ambiguous', reason: conflict.message }
  return { texts: all, unscanned: [ambiguous, ...unscanned], conflict }
}

/** Where a body names its model in two ways. In slices. */
export function* readModelConflict({ written, documents }: Understood): Slices<KeyConflict | undefined> {
  if (documents) return formModelConflict(documents)
  return written === undefined ? undefined : yield* modelConflictInSlices(written)
}

function readParts(
  documents: readonly BodyDocument[],
  format: WireFormat,
  line: ReadTexts['texts'],
): ReadRequest {
  const { texts, unscanned } = readDocumentTexts(documents, format, 'request')
  const conflict = documentConflict(documents, format.fields)
  const read = { texts: [...texts, ...line], unscanned }
  if (!conflict) return read
  const ambiguous = { path: conflict.path, kind: 'ambiguous', reason: conflict.message }
  return { texts: read.texts, unscanned: [ambiguous, ...unscanned], conflict }
}

function* conflictOf({ fields }: WireFormat, written: string, body: Buffer): Slices<KeyConflict | undefined> {
  if (!isUtf8(body))
    return {
      path: '',
      message: 'The request body is not valid UTF-8; readers may take it for different texts',
    }
  const conflict = yield* keyConflictInSlices(written, fields)
  return conflict && { ...conflict, message: `${conflict.message} (at ${conflict.path.slice(0, 200)})` }
}

/** A request with what policies changed; `body` is undefined where nothing in it was. */
export function editRequest(
  { written, documents }: Understood,
  read: ReadTexts,
  body: Buffer,
  { query, headers }: { query: string; headers: IncomingHttpHeaders },
  edits: readonly TextEdit[],
): { body: string | Buffer | undefined; query: string; headers: IncomingHttpHeaders } {
  if (edits.length === 0) return { query, headers, body: undefined }
  const { texts } = read
  const inLine = edits.filter(isInRequestLine)
  const inBody = edits.filter((edit) => !isInRequestLine(edit))
  const line = inLine.length === 0 ? { query, headers } : editRequestLine(query, headers, texts, inLine)
  if (inBody.length === 0) return { ...line, body: undefined }
  if (documents) return { ...line, body: editDocuments(body, documents, texts, inBody) }
  return { ...line, body: editRequestTexts(written!, texts, inBody) }
}
