import type { Erasure } from '@airs-cp/client'
import { formatCount, formatInstant, formatNumberOf } from './format.ts'
import { printable } from './printable.ts'

/** What an erasure is about, such as `session s-1, until 2026-11-01`. */
export function describeSelection(selection: Erasure['selection']): string {
  return Object.entries(selection)
    .map(([name, value]) => `${name} ${printable(String(value))}`)
    .join(', ')
}

export function describeErasure(erasure: Erasure): string {
  const { id, state, problem, actor, reason, requestedAt, completedAt } = erasure
  const { exchanges, erasedExchanges, events, sharedContents, heldExchanges, messages } = erasure
  return [
    `Erasure ${id}: ${state}${completedAt === null ? '' : ` ${formatInstant(completedAt)}`}`,
    `  of        ${describeSelection(erasure.selection)}; requested until ${formatInstant(erasure.before)}`,
    `  by        ${printable(actor)}, ${formatInstant(requestedAt)}: ${printable(reason)}`,
    `  erased    ${formatCount(erasedExchanges)} of ${formatNumberOf(exchanges, 'exchange')}, ${formatNumberOf(events, 'event')}, ${formatNumberOf(messages, 'message')} of streams`,
    ...(sharedContents > 0
      ? [`  kept      ${formatNumberOf(sharedContents, 'piece')} of content that other exchanges use too`]
      : []),
    ...(heldExchanges > 0
      ? [
          `  on hold   ${formatNumberOf(heldExchanges, 'exchange')}, left as they are until the hold is released`,
        ]
      : []),
    ...(state === 'completed' && exchanges === 0 && heldExchanges === 0
      ? ['  note      nothing matched that had content: it is not recorded, or was erased before']
      : []),
    ...(problem === null ? [] : [`  waits     ${problem}`]),
  ].join('\n')
}
