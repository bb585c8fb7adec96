import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import {
  editTexts,
  findKeyConflict,
  type KeyConflict,
  type ReadTexts,
  readRequestTexts,
  type TextEdit,
  type WireFormat,
} from '@airs-cp/providers'
import type { Exchange, Understood } from '../exchange.ts'
import { editRequestLine, isInRequestLine, requestLineTexts } from './request-line.ts'

/** What a request says, and where its body may be read in two ways. */
export type ReadRequest = ReadTexts & { conflict?: KeyConflict }

/**
 * All that a request says: what stands in its body, its query and its headers. A body that two readers may read differently has
 * a `conflict`: its provider may read what no policy saw.
 * @param headers those that are forwarded.
 */
export function readRequest(
  { json, written, format }: Understood,
  exchange: Pick<Exchange, 'query'>,
  headers: IncomingHttpHeaders,
  body: Buffer,
): ReadRequest {
  const line = requestLineTexts(exchange.query, headers)
  if (!json || written === undefined) return { texts: line, unscanned: [] }
  const conflict = conflictOf(format, written, body)
  const { texts, unscanned } = readRequestTexts(format, json, written)
  const all = [...texts, ...line]
  if (!conflict) return { texts: all, unscanned }
  const ambiguous = { path: conflict.path, kind: 'ambiguous', reason: conflict.message }
  return { texts: all, unscanned: [ambiguous, ...unscanned], conflict }
}

function conflictOf({ fields }: WireFormat, written: string, body: Buffer): KeyConflict | undefined {
  if (!isUtf8(body))
    return {
      path: '',
      message: 'The request body is not valid UTF-8; readers may take it for different texts',
    }
  const conflict = findKeyConflict(written, fields)
  return conflict && { ...conflict, message: `${conflict.message} (at ${conflict.path.slice(0, 200)})` }
}

/** A request with what policies changed; `body` is undefined where nothing in it was. */
export function editRequest(
  { written }: Understood,
  { texts }: ReadTexts,
  query: string,
  headers: IncomingHttpHeaders,
  edits: readonly TextEdit[],
): { body: string | undefined; query: string; headers: IncomingHttpHeaders } {
  const inLine = edits.filter(isInRequestLine)
  const inBody = edits.filter((edit) => !isInRequestLine(edit))
  const line = inLine.length === 0 ? { query, headers } : editRequestLine(query, headers, inLine)
  return { ...line, body: inBody.length === 0 ? undefined : editTexts(written!, texts, inBody) }
}
