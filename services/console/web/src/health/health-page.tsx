import { useNavigate, useSearch } from '@tanstack/react-router'
import { RecentErrors } from '../overview/recent-errors.tsx'
import { Page } from '../ui/page.tsx'
import { Alerts } from './alerts.tsx'
import { Changes } from './changes.tsx'
import { Configuration } from './configuration.tsx'
import { DeadLetters } from './dead-letters.tsx'
import { Journals, Services } from './services.tsx'

const parts = { services: 'Services', changes: 'Changes', configuration: 'Configuration' } as const

/** Does the control plane work, and who changed it? */
export function HealthPage() {
  const { part = 'services' } = useSearch({ strict: false }) as { part?: string }
  const navigate = useNavigate()
  return (
    <Page
      title="Health"
      actions={
        <span role="tablist" aria-label="Part" className="flex overflow-hidden rounded border border-line">
          {Object.entries(parts).map(([name, title]) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={part === name}
              onClick={() =>
                navigate({ to: '.', search: ((before: object) => ({ ...before, part: name })) as never })
              }
              className={`h-7 px-2.5 ${part === name ? 'bg-raised font-medium' : 'text-muted hover:bg-raised'}`}
            >
              {title}
            </button>
          ))}
        </span>
      }
      same={{
        cli: part === 'changes' ? 'npx airs events --type airs.policy-applied.v1' : 'npx airs doctor',
        api: part === 'changes' ? '/v1/changes' : '/readyz',
      }}
    >
      {part === 'services' && (
        <>
          <Services />
          <Journals />
          <DeadLetters />
          <Alerts />
          <RecentErrors />
        </>
      )}
      {part === 'changes' && <Changes />}
      {part === 'configuration' && <Configuration />}
    </Page>
  )
}
