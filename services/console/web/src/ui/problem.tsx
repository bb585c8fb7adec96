import type { ReactNode } from 'react'
import { ApiProblem } from '../api/client.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

/** What failed, what still works, and a way to try again. */
export function Problem({ error, what, retry }: { error: unknown; what: string; retry?: () => void }) {
  const { title, text } = explained(error, what)
  return (
    <div role="alert" className="tone-block flex items-start gap-2 rounded border border-line bg-panel p-3">
      <span className="toned mt-0.5">
        <Icon name="warning" />
      </span>
      <div className="min-w-0 grow">
        <p className="font-medium">{title}</p>
        <p className="text-muted">{text}</p>
      </div>
      {retry && isWorthRetrying(error) && <Button onClick={retry}>Try again</Button>}
    </div>
  )
}

function explained(error: unknown, what: string): { title: string; text: ReactNode } {
  if (!(error instanceof ApiProblem))
    return {
      title: `${what} could not be shown`,
      text: error instanceof Error ? error.message : String(error),
    }
  if (error.status === 0)
    return {
      title: 'No connection to the console',
      text: 'Traffic does not pass through the console, so this says nothing about it. This page tries again by itself.',
    }
  if (error.status === 403) return { title: `${what}: your role does not suffice`, text: error.message }
  if (error.status === 502 || error.status === 503)
    return {
      title: `${what} could not be loaded`,
      text: `${error.message}. The ingress decides and records without it; the other pages still work.`,
    }
  if (error.status === 404)
    return { title: error.message, text: 'It was removed, or its address is misspelt.' }
  return { title: `${what} could not be loaded`, text: error.message }
}

/** What was refused is refused again. */
function isWorthRetrying(error: unknown): boolean {
  return !(error instanceof ApiProblem) || (error.status !== 400 && error.status !== 403)
}
