import { useQuery } from '@tanstack/react-query'
import { Badge } from '../ui/badge.tsx'
import { Id } from '../ui/copy.tsx'
import { Moment } from '../ui/moment.tsx'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import type { Tone } from '../ui/tone.ts'
import { type Alert, alertsQuery } from './queries.ts'

const tones: Record<Alert['state'], Tone> = {
  waiting: 'throttle',
  delivered: 'ok',
  failed: 'block',
  dropped: 'block',
}

/** Alerts of the last seven days, and what became of them. */
export function Alerts() {
  const { data, error, refetch } = useQuery(alertsQuery)
  return (
    <Section title="Alerts">
      {error && <Problem error={error} what="The alerts" retry={refetch} />}
      {data && (
        <p className="text-muted">
          {data.targets.length === 0
            ? 'No receiver is configured. AIRS_ALERT_… variables of the policy service send alerts to Slack, Teams, PagerDuty or a webhook.'
            : `Sent to ${data.targets.join(', ')}.`}
        </p>
      )}
      {data && data.alerts.length > 0 && (
        <Table
          label="Alerts"
          rows={data.alerts}
          id={({ event, target }) => `${event} ${target}`}
          columns={[
            { title: 'since', cell: ({ createdAt }) => <Moment at={createdAt} /> },
            { title: 'what', cell: ({ type }) => type.split('.')[1] ?? type },
            { title: 'event', cell: ({ event }) => <Id value={event} short what="the id of the event" /> },
            { title: 'to', cell: ({ target }) => target },
            { title: 'state', cell: ({ state }) => <Badge tone={tones[state]}>{state}</Badge> },
            { title: 'attempts', cell: ({ attempts }) => attempts, align: 'right' },
            {
              title: 'last error',
              cell: ({ lastError }) => <span title={lastError ?? ''}>{lastError ?? '–'}</span>,
              grows: true,
            },
          ]}
        />
      )}
    </Section>
  )
}
