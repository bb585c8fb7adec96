import { createHash, hash } from 'node:crypto'
import { uuidFrom } from '@airs-cp/events'
import type { Turn } from '@airs-cp/providers'

export type NodeKind = Turn['kind'] | 'source'

/** A piece of content that flowed through a session. What it says is not kept: the event store has it. */
export type GraphNode = {
  /** Follows from kind, role, name, call and digest: the same content is the same node, wherever it turns up. */
  id: string
  kind: NodeKind
  role: Turn['role'] | null
  /** SHA-256 of the content; for text that is the digest of its UTF-8 bytes. */
  digest: Buffer
  bytes: number
  /** Of a tool or a source. */
  name: string | null
  callId: string | null
}

const maxNameCharacters = 256

export function nodeOfTurn({ kind, role, content, name, callId }: Turn): GraphNode {
  return makeNode(kind, role, content, name, callId)
}

/** A source is what an app says in `X-AIRS-Sources` that a response draws on; its content is its name. */
export function nodeOfSource(name: string): GraphNode {
  return makeNode('source', null, name, name, undefined)
}

function makeNode(
  kind: NodeKind,
  role: GraphNode['role'],
  content: string,
  rawName: string | undefined,
  rawCallId: string | undefined,
): GraphNode {
  const digest = hash('sha256', content, 'buffer')
  const name = label(rawName)
  const callId = label(rawCallId)
  return {
    id: idOf({ kind, role, name, callId, digest }),
    kind,
    role,
    digest,
    bytes: Buffer.byteLength(content),
    name,
    callId,
  }
}

/** The same content as part of a call that is known by its id. */
export function nodeOfCall(node: GraphNode, { name, callId }: Pick<GraphNode, 'name' | 'callId'>): GraphNode {
  return { ...node, name, callId, id: idOf({ ...node, name, callId }) }
}

function idOf({ kind, role, name, callId, digest }: Omit<GraphNode, 'id' | 'bytes'>): string {
  return uuidFrom('node', kind, role ?? '', name ?? '', callId ?? '', digest.toString('hex'))
}

/** Postgres takes no NUL; a label that is too long is reported by its beginning and its digest. */
function label(text: string | undefined): string | null {
  if (text === undefined) return null
  const clean = text.replaceAll('\u0000', '')
  if (clean.length <= maxNameCharacters) return clean
  return `${clean.slice(0, maxNameCharacters - 65)} ${createHash('sha256').update(clean).digest('hex')}`
}
