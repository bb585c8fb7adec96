import type { Json } from '../json.ts'

/** Members with the conversation itself, which no response repeats. */
const conversations: ReadonlySet<string> = new Set(['input', 'messages', 'contents'])

/** Strings, numbers and names of members of a request, but for its conversation: what its response may repeat. */
export function saidBesideInput(body: unknown): ReadonlySet<string> {
  const said = new Set<string>()
  const pending: unknown[] = [body]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value === 'string') said.add(value)
    else if (typeof value === 'number') said.add(String(value))
    else if (typeof value === 'object' && value !== null)
      for (const [name, child] of Object.entries(value as Record<string, Json>)) {
        if (value === body && conversations.has(name)) continue
        said.add(name)
        if (child !== null && child !== undefined) pending.push(child)
      }
  }
  return said
}
