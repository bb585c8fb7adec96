import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'
import { type Tone, toneClass, toneOfAction } from './tone.ts'

export function Badge({ tone, icon, children }: { tone: Tone; icon?: IconName; children: ReactNode }) {
  return (
    <span
      className={`${toneClass[tone]} inline-flex h-5 items-center gap-1 rounded align-middle px-1.5 text-sm whitespace-nowrap ${tone === 'neutral' ? 'text-muted' : 'toned tinted font-medium'}`}
    >
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  )
}

const icons: Record<string, IconName> = {
  block: 'block',
  redact: 'redact',
  throttle: 'throttle',
  quarantine: 'quarantine',
  observe: 'observe',
}

/** What was decided. What only observed policies found is marked: it would have been done. */
export function ActionBadge({ action, observed = false }: { action: string | null; observed?: boolean }) {
  if (action === null) return <span className="text-muted">none</span>
  if (action === 'allow' && observed)
    return (
      <Badge tone="observe" icon="observe">
        observed
      </Badge>
    )
  return (
    <Badge tone={toneOfAction(action)} icon={icons[action]}>
      {action}
    </Badge>
  )
}
