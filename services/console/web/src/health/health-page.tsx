import { useNavigate, useSearch } from '@tanstack/react-router'
import { RecentErrors } from '../overview/recent-errors.tsx'
import { Page, type Reproduction } from '../ui/page.tsx'
import { Alerts } from './alerts.tsx'
import { Changes } from './changes.tsx'
import { Configuration } from './configuration.tsx'
import { DeadLetters } from './dead-letters.tsx'
import { serviceNames } from './queries.ts'
import { Journals, Services } from './services.tsx'
import { Upstreams } from './upstreams.tsx'

const parts = { services: 'Services', changes: 'Changes', configuration: 'Configuration' } as const

const services = serviceNames.map((name) => `/v1/services/${name}`)
const same: Record<keyof typeof parts, Reproduction> = {
  services: {
    cli: 'npx airs status\nnpx airs dead-letters\nnpx airs alerts\nnpx airs doctor',
    api: [
      '/readyz',
      ...services,
      '/v1/ingresses',
      '/v1/audit',
      ...serviceNames.map((name) => `/v1/dead-letters/${name}`),
      '/v1/alerts?limit=100',
    ],
  },
  changes: { cli: 'npx airs changes', api: '/v1/changes?limit=50' },
  configuration: { cli: 'npx airs configuration', api: ['/v1/ingresses', ...services] },
}

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
      same={same[part as keyof typeof parts] ?? same.services}
    >
      {part === 'services' && (
        <>
          <Services />
          <Alerts />
          <Upstreams />
          <Journals />
          <DeadLetters />
          <RecentErrors />
        </>
      )}
      {part === 'changes' && <Changes />}
      {part === 'configuration' && <Configuration />}
    </Page>
  )
}
