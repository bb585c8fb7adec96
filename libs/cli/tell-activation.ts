import type { Activation } from '@airs-cp/client'
import type { Context } from './context.ts'
import { formatNumberOf } from './format.ts'
import { printable } from './printable.ts'

/** Which ingresses decide by a change: on standard error, because it is no result of it. */
export function tellActivation(
  context: Context,
  { activated, pending, rejected }: Activation = { activated: 0, pending: [], rejected: [] },
): void {
  if (context.isJson()) return
  context.note(`In force on ${formatNumberOf(activated, 'ingress').replace(/ingresss$/, 'ingresses')}.`)
  for (const source of pending)
    context.note(
      `${printable(source)} has not reported that it has it, and may still decide as before; it has it as soon as it is connected.`,
    )
  for (const { source, error } of rejected)
    context.note(`${printable(source)} cannot use it and goes on as before: ${printable(error)}`)
}
