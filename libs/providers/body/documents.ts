import type { TextEdit } from '../edit-json.ts'
import { formatOfPath, formatOfResponse, formats } from '../formats.ts'
import { isObject, type JsonObject, maxNesting, nestsTooDeep, parseJson } from '../json.ts'
import { findKeyConflict, type KeyConflict } from '../key-conflict.ts'
import { editRequestTexts, readRequestTexts, readResponseTexts } from '../read-body.ts'
import { escapeToken, type ReadTexts, type TextPart } from '../text-part.ts'
import type { WireFormat } from '../wire-format.ts'
import { type FormPart, isForm, readForm } from './multipart.ts'
import { readPercentText } from './percent-text.ts'
import { saysMore, textOfBytes } from './text-of-bytes.ts'

/**
 * One piece of a body that is not one JSON document: a field or a file of a form, a line of a file of JSON lines, or all of a
 * body that is something else. Pieces do not overlap, and stand in order.
 */
export type BodyDocument = {
  /** Before the pointers of its texts: `form:2:prompt`, `form:1:file/line:17`, `line:17`, or empty. */
  prefix: string
  /** Its place in the body, in bytes. */
  from: number
  to: number
} & (
  | { content: 'json'; json: JsonObject; written: string }
  | { content: 'text'; written: string; isFixed: boolean }
  | { content: 'binary'; kind: string; reason: string }
)

/** A body that is taken apart into documents, or that cannot be. */
export class UnreadableBodyError extends Error {
  override name = 'UnreadableBodyError'
}

/** Lines of a file that are read one by one; OpenAI takes 50,000 requests in a file. */
const maxLines = 100_000

/**
 * The documents of a body, whatever its label says: a form; lines of JSON; one text; or bytes that are neither.
 * @throws MalformedFormError, and UnreadableBodyError where a file of lines has one that is no JSON.
 */
export function readDocuments(body: Buffer, contentType: string | undefined): BodyDocument[] {
  if (body.length === 0) return []
  if (!isForm(contentType)) return documentsOf(body, '', 0, body.length, { mediaType: contentType })
  const parts = readForm(body, contentType)
  const isBatch = parts.some(
    ({ name, from, to }) => name === 'purpose' && body.toString('latin1', from, to) === 'batch',
  )
  return parts.flatMap((part, index) => {
    const prefix = `form:${index}:${escapeToken(part.name)}`
    const head: BodyDocument = {
      ...{ prefix: `${prefix}#head`, from: part.from, to: part.from },
      ...{ content: 'text', written: readableHead(part), isFixed: true },
    }
    const isLines = part.filename !== undefined && isBatch
    return [head, ...documentsOf(body, prefix, part.from, part.to, { ...part, isLines })]
  })
}

/** What somebody wrote into the headers of a part; words that are encoded in them (RFC 2047, 8187) as they read too. */
function readableHead({ name, filename, mediaType, head }: FormPart): string {
  const known =
    /^content-disposition: form-data; name="[\w[\].-]*"(?:; filename="[^"]*")?(?:\r\ncontent-type: [\w.+/-]+(?:; charset=[\w-]+)?)?$/i
  const written = known.test(head) ? [name, filename, mediaType].filter(Boolean).join(' ') : head
  const words = [...written.matchAll(/=\?([\w-]{1,40})\?([bq])\?([^?\s]{1,500})\?=/gi)].map(
    ([, charset, encoding, word]) => decodedWord(charset!, encoding!, word!),
  )
  const percent = written.includes('%') ? readPercentText(written).text : ''
  return [written, words.join(''), percent].filter(Boolean).join('\n')
}

function decodedWord(charset: string, encoding: string, word: string): string {
  const isBase64 = encoding.toLowerCase() === 'b'
  const bytes = isBase64
    ? Buffer.from(word, 'base64')
    : Buffer.from(
        word
          .replaceAll('_', ' ')
          .replaceAll(/=([0-9a-f]{2})/gi, (_, code: string) =>
            String.fromCharCode(Number.parseInt(code, 16)),
          ),
        'latin1',
      )
  return textOfBytes(bytes, charset)?.written ?? ''
}

function documentsOf(
  body: Buffer,
  prefix: string,
  from: number,
  to: number,
  {
    filename,
    mediaType,
    isLines,
  }: { filename?: string | undefined; mediaType?: string | undefined; isLines?: boolean },
): BodyDocument[] {
  const place = { prefix, from, to }
  const bytes = body.subarray(from, to)
  if (bytes.length === 0) return []
  const charset = charsetOf(mediaType)
  const read = textOfBytes(bytes, charset)
  const unlabelled = charset !== undefined && saysMore(bytes, charset) ? textOfBytes(bytes) : read
  if (read === undefined) {
    const reason = `binary data${mediaType ? ` (${mediaType.slice(0, 100)})` : ''} is not read`
    const binary: BodyDocument = { ...place, content: 'binary', kind: binaryKind(mediaType), reason }
    return unlabelled
      ? [binary, { ...place, content: 'text', written: unlabelled.written, isFixed: true }]
      : [binary]
  }
  // Readers obey the label or not, and see two texts.
  if (unlabelled && unlabelled.written !== read.written) {
    const written = `${read.written}\n${unlabelled.written}`
    return [{ ...place, content: 'text', written, isFixed: true }]
  }
  const { written, isFixed } = read
  const isFile = filename !== undefined || prefix === ''
  const text: BodyDocument[] = [{ ...place, content: 'text', written, isFixed }]
  if (!isFile || isFixed) return text
  const saysLines =
    isLines === true ||
    /\.(?:jsonl|ndjson)$/i.test(filename ?? '') ||
    /\b(?:x-)?(?:jsonl|ndjson|jsonlines)\b/i.test(mediaType ?? '')
  if (!saysLines && !/^\s*[[{]/.test(written)) return text
  const json = parseJson(written)
  if (nestsTooDeep(json)) throw tooDeep('The file')
  if (json !== undefined && !saysLines)
    return [{ ...place, content: 'json', json: json as JsonObject, written }]
  try {
    return linesOf(bytes, prefix, from)
  } catch (error) {
    if (saysLines) throw error
    return text
  }
}

/** Each line of JSON is a document; a file in which one of them is something else is an error that names it. */
function linesOf(bytes: Buffer, prefix: string, offset: number): BodyDocument[] {
  const documents: BodyDocument[] = []
  let line = 0
  for (let at = 0; at < bytes.length; ) {
    line++
    const newline = bytes.indexOf(0x0a, at)
    const end = newline < 0 ? bytes.length : newline
    const written = bytes.toString('utf8', at, end)
    if (written.trim() !== '') {
      if (documents.length === maxLines)
        throw new UnreadableBodyError(`The file has more than ${maxLines} lines; split it`)
      const json = parseJson(written)
      if (json === undefined)
        throw new UnreadableBodyError(
          `Line ${line} of the file is not valid JSON; every line of such a file is a JSON object`,
        )
      if (nestsTooDeep(json)) throw tooDeep(`Line ${line} of the file`)
      const path = prefix === '' ? `line:${line}` : `${prefix}/line:${line}`
      documents.push({
        ...{ prefix: path, from: offset + at, to: offset + end },
        ...{ content: 'json', json: json as JsonObject, written },
      })
    }
    at = end + 1
  }
  return documents
}

function tooDeep(what: string): UnreadableBodyError {
  return new UnreadableBodyError(`${what} nests deeper than ${maxNesting} levels`)
}

function charsetOf(mediaType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(mediaType ?? '')?.[1]
}

/** For conditions: `image`, `audio`, `video` or `file`. */
export function binaryKind(mediaType: string | undefined): string {
  return /^\s*(image|audio|video)\//i.exec(mediaType ?? '')?.[1]?.toLowerCase() ?? 'file'
}

/** Who says a text: a field of a form that a model reads, a file, the whole of a body, or whatever else stands in a form. */
function ofText(
  prefix: string,
  { formFields, coverage }: WireFormat,
  side: 'request' | 'response',
): Pick<TextPart, 'role' | 'kind'> {
  if (side === 'response' && coverage === undefined) return { role: 'assistant', kind: 'text' }
  const field = /^form:\d+:([^#/]*)$/.exec(prefix)?.[1]
  if (field !== undefined && formFields?.has(field)) return { role: 'user', kind: 'text' }
  if (prefix === '' || field === 'file') return { role: 'unknown', kind: 'document' }
  return { role: 'unknown', kind: 'unknown' }
}

/** The format that judges a JSON document of a body, and the part of the document that is in it. */
type DocumentFormats = (json: JsonObject) => { format: WireFormat; path: string }

/** All that policies see of documents, and what they do not. */
export function readDocumentTexts(
  documents: readonly BodyDocument[],
  format: WireFormat,
  side: 'request' | 'response',
): ReadTexts {
  const formatOf = documentFormats(format)
  const all: ReadTexts = { texts: [], unscanned: [] }
  for (const document of documents) {
    const { prefix } = document
    if (document.content === 'binary')
      all.unscanned.push({ path: prefix, kind: document.kind, reason: document.reason })
    else if (document.content === 'text') {
      const text: TextPart = { path: prefix, text: document.written, ...ofText(prefix, format, side) }
      const isFixed = document.isFixed || prefix.endsWith('#head')
      if (text.text !== '') all.texts.push(isFixed ? { ...text, fixed: 'encoded' } : text)
    } else {
      const read = readJsonDocument(document.json, document.written, formatOf, side)
      for (const text of read.texts) {
        const also = text.also?.map((path) => prefix + path)
        const continues = text.continues !== undefined && { continues: prefix + text.continues }
        all.texts.push({ ...text, path: prefix + text.path, ...(also && { also }), ...continues })
      }
      for (const part of read.unscanned) all.unscanned.push({ ...part, path: prefix + part.path })
    }
  }
  return all
}

/**
 * A line of a batch file contains a request (`url`, `body`) or its response (`response.body`), and is judged as one of the format at
 * its route; any other document as its route says.
 */
function documentFormats(format: WireFormat): DocumentFormats {
  return (json) => {
    const { method, url, body, response, result, messages } = isObject(json) ? json : {}
    if (typeof url === 'string' && isObject(body)) {
      const batched = formatOfPath(typeof method === 'string' ? method : 'POST', url.split('?')[0]!)
      if (batched) return { format: batched, path: '/body' }
    }
    if (isObject(result) && isObject(result.message)) {
      const format = formatOfResponse(result.message)
      if (format) return { format, path: '/result/message' }
    }
    if (format.takesDocuments && Array.isArray(messages)) return { format: formats['openai.chat'], path: '' }
    if (isObject(response) && isObject(response.body)) {
      const format = formatOfResponse(response.body)
      if (format) return { format, path: '/response/body' }
    }
    return { format, path: '' }
  }
}

function readJsonDocument(
  json: JsonObject,
  written: string,
  formatOf: DocumentFormats,
  side: 'request' | 'response',
): ReadTexts {
  const { format, path } = formatOf(json)
  const read = side === 'request' ? readRequestTexts : readResponseTexts
  const reader =
    path === ''
      ? format
      : {
          ...format,
          requestTexts: (body: unknown) => within(format.requestTexts, body, path),
          responseTexts: (body: unknown) => within(format.responseTexts, body, path),
          opaqueAt: inner(format.opaqueAt, path),
          ...(format.opaqueInResponse && { opaqueInResponse: inner(format.opaqueInResponse, path) }),
          tokenLists: () => [],
        }
  return read(reader, json, written)
}

function within(texts: (body: unknown) => TextPart[], body: unknown, path: string): TextPart[] {
  const part = path
    .split('/')
    .slice(1)
    .reduce<unknown>((value, token) => (isObject(value) ? value[token] : undefined), body)
  return isObject(part) ? texts(part).map((text) => ({ ...text, path: path + text.path })) : []
}

function inner(index: WireFormat['opaqueAt'], path: string): WireFormat['opaqueAt'] {
  const tokens = path.split('/').slice(1)
  return (place, object) =>
    tokens.every((token, at) => place[at] === token) ? index(place.slice(tokens.length), object) : undefined
}

/** Where a form names two models. */
export function formModelConflict(documents: readonly BodyDocument[]): KeyConflict | undefined {
  const [, second] = documents.filter(({ prefix }) => /^form:\d+:model#head$/.test(prefix))
  if (!second) return undefined
  const message = 'The field "model" occurs twice in the form; readers take either'
  return { path: second.prefix.replace('#head', ''), message }
}

/** Where a document may be read in two ways. */
export function documentConflict(
  documents: readonly BodyDocument[],
  fields: ReadonlySet<string>,
): KeyConflict | undefined {
  const twice = formModelConflict(documents)
  if (twice) return twice
  for (const document of documents) {
    const conflict = document.content === 'json' ? findKeyConflict(document.written, fields) : undefined
    if (conflict) return { ...conflict, path: document.prefix + conflict.path }
  }
  return undefined
}

/** A form with another value of a field that it has; every byte outside of it stays. */
export function setFormField(body: Buffer, contentType: string, name: string, value: string): Buffer {
  return readForm(body, contentType)
    .filter((part) => part.name === name)
    .reduceRight(
      (changed, { from, to }) =>
        Buffer.concat([changed.subarray(0, from), Buffer.from(value), changed.subarray(to)]),
      body,
    )
}

/** The body with texts changed; every byte outside the changes stays. @param texts those that the edits were made of. */
export function editDocuments(
  body: Buffer,
  documents: readonly BodyDocument[],
  texts: readonly TextPart[],
  edits: readonly TextEdit[],
): Buffer {
  if (edits.length === 0) return body
  const pieces: Buffer[] = []
  let at = 0
  const owned = byDocument(documents, edits, ({ path }) => path)
  const ownTexts = byDocument(documents, texts, ({ path }) => path)
  for (const document of documents) {
    const own = owned.get(document)
    if (!own || document.content === 'binary') continue
    const { prefix, from, to } = document
    const local = own.map((edit) => ({ ...edit, path: edit.path.slice(prefix.length) }))
    const changed =
      document.content === 'text'
        ? local.at(-1)!.text
        : editRequestTexts(
            document.written,
            (ownTexts.get(document) ?? []).map((text) => withoutPrefix(text, prefix)),
            local,
          )
    pieces.push(body.subarray(at, from), Buffer.from(changed))
    at = to
  }
  pieces.push(body.subarray(at))
  return Buffer.concat(pieces)
}

function withoutPrefix(text: TextPart, prefix: string): TextPart {
  const also = text.also?.map((path) => path.slice(prefix.length))
  return { ...text, path: text.path.slice(prefix.length), ...(also && { also }) }
}

function byDocument<Item>(
  documents: readonly BodyDocument[],
  items: readonly Item[],
  pathOf: (item: Item) => string,
): Map<BodyDocument, Item[]> {
  const found = new Map<BodyDocument, Item[]>()
  const byPrefix = new Map(documents.map((document) => [document.prefix, document]))
  for (const item of items) {
    const document = byPrefix.get(prefixOf(pathOf(item)))
    if (!document) continue
    const own = found.get(document)
    if (own) own.push(item)
    else found.set(document, [item])
  }
  return found
}

/** The prefix of the document that a text is in, by the path of the text. */
function prefixOf(path: string): string {
  return /^(?:form:\d+:[^/#]*(?:#head)?(?:\/line:\d+)?|line:\d+)?/.exec(path)![0]
}
