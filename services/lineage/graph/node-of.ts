import type { Turn } from '@airs-cp/providers'
import type { NodeKind } from './graph-nodes.ts'
import type { Direction } from './read-flows.ts'

/** A node as exports have it: what a model of the session has written is an `answer`. */
export type ExportedNode = {
  id: string
  kind: NodeKind | 'answer'
  role?: Turn['role'] | null
  generated: boolean
  digest: string
  bytes: number
  name?: string | null
  call_id?: string | null
  exchange: string
  direction: Direction
  position: number
}

/** A node as the control API has it. */
export function nodeOf<Node extends ExportedNode>({ call_id, ...node }: Node) {
  return { ...node, ...(call_id !== undefined && { callId: call_id }) }
}
