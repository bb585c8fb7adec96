import type { Finding } from './decision.ts'

/** What stands for a value wherever it is recorded: its type, and the beginning of its keyed digest. */
export function maskOf({ type, digest }: Pick<Finding, 'type' | 'digest'>): string {
  return `[${type}#${digest.slice(0, 8)}]`
}

/** The masks in recorded text. */
export function masksIn(text: string): { start: number; end: number; type: string; digest: string }[] {
  return [...text.matchAll(/\[([\w-]{1,64})#([0-9a-f]{8})\]/g)].map(
    ({ 0: whole, 1: type, 2: digest, index }) => ({
      start: index,
      end: index + whole.length,
      type: type!,
      digest: digest!,
    }),
  )
}
