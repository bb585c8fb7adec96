import type { Activation } from '@airs-cp/client'
import type { Context } from './context.ts'
import { formatNumberOf } from './format.ts'
import { printable } from './printable.ts'

/** Notes on standard error which ingresses decide by a change: it is no part of the change's result. */
export function noteActivation(
  context: Context,
  { activated, pending, rejected }: Activation = { activated: 0, pending: [], rejected: [] },
): void {
  if (context.isJson()) return
  context.note(`In force on ${formatNumberOf(activated, 'ingress', 'ingresses')}.`)
  for (const source of pending)
    context.note(
      `${printable(source)} has not reported the change yet and may still decide as before; it applies the change as soon as it is connected.`,
    )
  for (const { source, error } of rejected)
    context.note(`${printable(source)} cannot use the change and decides as before: ${printable(error)}`)
}
