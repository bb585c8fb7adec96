import { decodeHeaderValue, encodeHeaderValue, type Headers } from './header-values.ts'
import { metaKeys, metaOf, nameOf, type RpcMessage } from './message.ts'
import { type MirroredParam, paramHeaders } from './param-headers.ts'
import { isStateless, type Revision } from './revisions.ts'

/**
 * In which way the headers of a POST contradict its body, or undefined. What is said twice must agree, whatever the revision: a
 * proxy may have decided by the header. From 2026-07-28 on the headers must be there.
 */
export function headerProblem(headers: Headers, message: RpcMessage, revision: Revision): string | undefined {
  if (message.kind === 'response') return undefined
  const required = isStateless(revision) && message.kind === 'request'
  const { method, params } = message
  const version = one(headers['mcp-protocol-version'])
  const inBody = metaOf(params)[metaKeys.protocolVersion]
  if (required && version === undefined) return missing('MCP-Protocol-Version')
  if (version !== undefined && typeof inBody === 'string' && version !== inBody)
    return contradicts('MCP-Protocol-Version', version, inBody)
  const named = nameOf(method, params)
  return (
    problemOf('Mcp-Method', headers['mcp-method'], method, required) ??
    (named === undefined ? undefined : problemOf('Mcp-Name', headers['mcp-name'], named, required))
  )
}

/**
 * The headers that a request of 2026-07-28 must have beside its revision.
 * @param mirrored of the tool that is called.
 */
export function standardHeaders(
  message: RpcMessage,
  mirrored: readonly MirroredParam[] = [],
): Record<string, string> {
  if (message.kind === 'response') return {}
  const named = nameOf(message.method, message.params)
  return {
    'mcp-method': message.method,
    ...(named !== undefined && { 'mcp-name': encodeHeaderValue(named) }),
    ...(message.method === 'tools/call' && paramHeaders(mirrored, message.params.arguments)),
  }
}

function problemOf(
  name: string,
  header: string | string[] | undefined,
  inBody: string,
  required: boolean,
): string | undefined {
  const value = one(header)
  if (value === undefined) return required ? missing(name) : undefined
  const decoded = name === 'Mcp-Method' ? value : decodeHeaderValue(value)
  if (decoded === undefined) return `Header mismatch: ${name} has characters that cannot be read`
  return decoded === inBody ? undefined : contradicts(name, decoded, inBody)
}

/** Two values are none: nobody can say which of them another reader takes. */
function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}

function missing(name: string): string {
  return `Header mismatch: header ${name} is missing`
}

function contradicts(name: string, value: string, inBody: string): string {
  return `Header mismatch: ${name} header value '${short(value)}' does not match body value '${short(inBody)}'`
}

function short(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
