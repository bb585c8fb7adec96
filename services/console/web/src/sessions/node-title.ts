import type { Node } from './queries.ts'

/** What a piece of content is, in words. */
export function titleOf({ kind, role, name }: Node): string {
  if (kind === 'message') return `${role ?? ''} message`.trim()
  const title = kind === 'answer' ? 'response' : kind.replace('-', ' ')
  return name ? `${title}: ${name}` : title
}
