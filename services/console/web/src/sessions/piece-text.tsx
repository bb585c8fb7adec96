import { useQuery } from '@tanstack/react-query'
import { queryClient } from '../api/query-client.ts'
import { conversationQuery } from '../exchange/queries.ts'
import { useRefusal } from '../login/permissions.ts'
import { Text } from '../text/text.tsx'
import type { Node } from './queries.ts'

const mostShown = 600

/** What a piece says, where its text is recorded as it was: it is found in its exchange by its digest. */
export function PieceText({ node }: { node: Node }) {
  const refusal = useRefusal('read content')
  const { data: text } = useQuery({
    queryKey: ['piece-text', node.id],
    queryFn: () => findText(node),
    enabled: refusal === undefined && globalThis.crypto?.subtle !== undefined,
    staleTime: 60_000,
  })
  if (!text) return null
  return (
    <p className="max-h-60 overflow-y-auto rounded border border-line bg-panel px-2 py-1.5 break-words whitespace-pre-wrap">
      <Text text={text.slice(0, mostShown)} />
      {text.length > mostShown && ' …'}
    </p>
  )
}

async function findText({ exchange, digest, bytes }: Node): Promise<string | null> {
  const { request, response } = await queryClient.ensureQueryData(conversationQuery(exchange))
  for (const { text } of [...request.messages, ...response.messages]) {
    const encoded = new TextEncoder().encode(text)
    if (encoded.length === bytes && (await sha256(encoded)) === digest) return text
  }
  return null
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
