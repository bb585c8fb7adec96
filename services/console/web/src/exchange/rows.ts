import { blocks } from '../text/blocks.ts'
import { type Cluster, clusters } from '../text/clusters.ts'
import type { Conversation, Message, Side } from './queries.ts'

/** What stands below each other in a conversation: a heading of a side, or a block of a message. */
export type Row =
  | { kind: 'side'; key: string; title: string; note?: string }
  | {
      kind: 'block'
      key: string
      message: Message
      isFirst: boolean
      isLast: boolean
      start: number
      end: number
      /** With the number of each among all findings of the conversation. */
      clusters: { cluster: Cluster; number: number }[]
    }

export type Place = { row: number; number: number; cluster: Cluster }

/** The rows of a conversation and where its findings are. */
export function rowsOf(
  conversation: Conversation,
  sent: 'provider' | 'client',
): { rows: Row[]; places: Place[] } {
  const rows: Row[] = []
  const places: Place[] = []
  const add = (side: Side, name: string, title: string, note?: string) => {
    rows.push({ kind: 'side', key: name, title, ...(note && { note }) })
    for (const [index, message] of side.messages.entries()) {
      const found = clusters(message.marks)
      const cut = blocks(message.text, found)
      for (const [part, { start, end }] of cut.entries()) {
        const isLast = part === cut.length - 1
        const inside = found.filter(
          (one) => one.start >= start && (one.start < end || (isLast && one.start === end)),
        )
        const numbered = inside.map((cluster) => {
          const number = places.length
          places.push({ row: rows.length, number, cluster })
          return { cluster, number }
        })
        rows.push({
          kind: 'block',
          key: `${name}-${index}-${part}`,
          message,
          isFirst: part === 0,
          isLast,
          start,
          end,
          clusters: numbered,
        })
      }
    }
  }
  const { request, response, delivered } = conversation
  add(request, 'request', 'Request', sideNote(request))
  if (delivered && sent === 'client')
    add(delivered, 'delivered', 'Response, as the client got it', sideNote(delivered))
  else
    add(
      response,
      'response',
      delivered ? 'Response, as the provider sent it' : 'Response',
      sideNote(response),
    )
  return { rows, places }
}

function sideNote(side: Side): string | undefined {
  if (side.state === 'absent') return 'There is none.'
  if (side.state === 'unreadable')
    return 'It was recorded, and it is no conversation that can be read; see the raw bytes.'
  return undefined
}
