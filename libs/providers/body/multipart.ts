/** One part of a form, by its place in the body. */
export type FormPart = {
  /** Of its field; of a file too. */
  name: string
  filename: string | undefined
  mediaType: string | undefined
  /** Its headers, as they are written. */
  head: string
  /** Of its content, in bytes. */
  from: number
  to: number
}

/** A form that readers may take apart in different ways, or that is none. */
export class MalformedFormError extends Error {
  override name = 'MalformedFormError'
}

/** No client sends a form of more parts. */
const maxParts = 1_000
const maxHeadBytes = 16 * 1024

/** Whether a body with this `Content-Type` is a form (RFC 7578). */
export function isForm(contentType: string | undefined): contentType is string {
  return contentType !== undefined && /^\s*multipart\//i.test(contentType)
}

/**
 * The parts of a form. Read strictly, because its provider takes it apart too: whatever two readers may see differently is refused
 * (text before the first or behind the last part, line ends without CR, a header or parameter that comes twice, a transfer encoding).
 * @throws MalformedFormError
 */
export function readForm(body: Buffer, contentType: string): FormPart[] {
  const delimiter = Buffer.from(`--${boundaryOf(contentType)}`)
  const parts: FormPart[] = []
  if (body.indexOf(delimiter) !== 0) throw malformed('it does not begin with its boundary')
  let at = delimiter.length
  while (!isAt(body, at, '--')) {
    if (!isAt(body, at, '\r\n')) throw malformed('a boundary is not followed by a line end')
    if (parts.length === maxParts) throw malformed(`it has more than ${maxParts} parts`)
    const headEnd = isAt(body, at + 2, '\r\n') ? at : body.indexOf('\r\n\r\n', at)
    if (headEnd < 0 || headEnd - at > maxHeadBytes) throw malformed('the headers of a part do not end')
    const from = headEnd + 4
    const to = body.indexOf(Buffer.concat([lineEnd, delimiter]), from - 2)
    if (to < 0) throw malformed('its last part does not end')
    parts.push({
      ...readHead(body.toString('utf8', at + 2, Math.max(at + 2, headEnd))),
      from,
      to: Math.max(from, to),
    })
    at = to + lineEnd.length + delimiter.length
  }
  const rest = body.subarray(at + 2)
  if (rest.length > 0 && rest.toString('latin1') !== '\r\n') throw malformed('something follows its end')
  return parts
}

const lineEnd = Buffer.from('\r\n')

function boundaryOf(contentType: string): string {
  if (!/^\s*multipart\/form-data\s*(?:;|$)/i.test(contentType))
    throw malformed(`Content-Type ${contentType.slice(0, 64)} is not multipart/form-data`)
  const found = [
    ...contentType.matchAll(/;\s*boundary\s*=\s*(?:"([^"\\]{1,70})"|([^\s;"]{1,70}))(?=\s*(?:;|$))/gi),
  ]
  const named = contentType.match(/boundary/gi)?.length ?? 0
  if (found.length !== 1 || named !== 1)
    throw malformed('its Content-Type names no boundary, or more than one')
  return found[0]![1] ?? found[0]![2]!
}

function readHead(head: string): Omit<FormPart, 'from' | 'to'> {
  const headers = new Map<string, string>()
  for (const line of head === '' ? [] : head.split('\r\n')) {
    const at = line.indexOf(':')
    const name = line.slice(0, at).toLowerCase()
    if (at < 1 || !/^[\w-]+$/.test(name) || headers.has(name) || /[\r\n\0]/.test(line))
      throw malformed('a header of a part is written wrongly, or comes twice')
    headers.set(name, line.slice(at + 1).trim())
  }
  const encoding = headers.get('content-transfer-encoding')
  if (encoding !== undefined && !/^(?:binary|8bit|7bit)$/i.test(encoding))
    throw malformed(`a part has the transfer encoding ${encoding.slice(0, 32)}`)
  const parameters = readDisposition(headers.get('content-disposition') ?? '')
  const name = parameters.get('name')
  if (name === undefined) throw malformed('a part has no name')
  return { name, filename: parameters.get('filename'), mediaType: headers.get('content-type'), head }
}

/** `form-data; name="a"; filename="b"`, each parameter once. Browsers escape quotes as `%22`, others with a backslash. */
function readDisposition(disposition: string): Map<string, string> {
  const parameters = new Map<string, string>()
  const pattern = /\s*;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/y
  pattern.lastIndex = 'form-data'.length
  if (!/^form-data/i.test(disposition)) throw malformed('a part is not described as form-data')
  while (pattern.lastIndex < disposition.length) {
    const found = pattern.exec(disposition)
    const name = found?.[1]?.toLowerCase()
    if (!found || name === undefined || parameters.has(name))
      throw malformed('the description of a part is written wrongly, or names something twice')
    parameters.set(name, found[2]?.replace(/\\(.)/g, '$1') ?? found[3]!)
  }
  if ([...parameters.keys()].some((name) => name.startsWith('name*')))
    throw malformed('the name of a part is encoded or in pieces, which some readers take and others do not')
  return parameters
}

function isAt(body: Buffer, at: number, text: string): boolean {
  return body.toString('latin1', at, at + text.length) === text
}

function malformed(why: string): MalformedFormError {
  return new MalformedFormError(`The form cannot be read: ${why}`)
}
