import type { Schemas } from '../api/schemas.ts'
import { Icon } from './icon.tsx'

/** Whether every ingress decides by a change. */
export function Activation({ of, what }: { of: Schemas['Activation']; what: string }) {
  const { activated, pending, rejected } = of
  const isDone = pending.length === 0 && rejected.length === 0
  return (
    <output
      className={`flex items-center gap-2 rounded border border-line bg-panel px-3 py-2 ${isDone ? 'tone-ok' : 'tone-throttle'}`}
    >
      <span className="toned">
        <Icon name={isDone ? 'check' : 'warning'} />
      </span>
      {what} {activated} {activated === 1 ? 'ingress decides' : 'ingresses decide'} by it.
      {pending.length > 0 && ` Not reported yet: ${pending.join(', ')}.`}
      {rejected.map(({ source, error }) => ` ${source} cannot use it: ${error}.`)}
    </output>
  )
}
